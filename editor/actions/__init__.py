"""What a person does with a photo, one verb a file. Each takes the networks it needs and gives a new value.

open.py       photo -> portrait
fit/          portrait -> a better likeness: another code (refine), or the generator changed for this photo (tune)
preserve.py   portrait, an edit -> the portrait, on which the edit preserves the rest and what is locked
render.py     portrait, sliders -> pictures
paste.py      pictures -> the whole photo with the edit in it
learn.py      photos with an attribute and without it -> a slider of one's own
exchange.py   models with another flow or other directions, and a portrait for them
safe_range.py portrait, slider -> the strengths at which the face stays itself
measure.py    pictures -> what they changed, and what the edit did to the code
"""
