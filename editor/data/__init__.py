"""What a data set is: labelled faces of real people, and generated faces whose codes are known.

tables           a table as spreadsheets write it, read row by row
identifiers      which photo a row is about
labels           the attributes of each face, yes or no
people           who is who
fingerprint      a hash of a data set: what was made of another one is not taken for its own
splits           who is in train, validation and test; no person is in two of them
labelled_faces   aligned faces of a data set with labels and people, as pixels
labelled_folder  a folder of photos with what tables say of them
encoding         photos -> codes: of a data set, or of a folder
pictures         how unlike their photos drawings are, and the gradient of that
refining         the codes of many faces moved nearer to them
encoding_run     one folder, from its options to the written file
codes            codes with labels and people: what the flow and the directions are trained on
published        codes that others have published
generated        random codes of W and W+, and the faces that the generator draws of them
face_bank        the last generated faces, cached for later batches
code_options     which codes a command works on
sources          these codes: of a data set, encoded once, or of a file
batch            work on many photos, where one bad photo never stops the others
degrade          a clean face made to look like a photo
"""
