/** The way round: results by the calls that Gradio offers programs, where something before the server stops the page's own route. */

/**
 * Ask one of Gradio's named calls.
 * @param {string} name such as "render". @param {Array} data its arguments, in their order.
 * @returns {Promise<Array>} what it gives; files have a `url`.
 */
export async function call(root, name, data) {
  const headers = { "Content-Type": "application/json" };
  const asked = await fetch(`${root}/gradio_api/call/${name}`, { method: "POST", headers, body: JSON.stringify({ data }) });
  if (!asked.ok) throw new Error(`${asked.status} ${asked.statusText}`);
  const { event_id: event } = await asked.json();
  const told = await (await fetch(`${root}/gradio_api/call/${name}/${event}`)).text(); // ends with the call
  const [, kind, given] = /event: (complete|error)\ndata: (.*)/.exec(told) ?? [];
  if (kind !== "complete") throw new Error(given && given !== "null" ? JSON.parse(given).error ?? given : name);
  return JSON.parse(given);
}

/** Both results of an edit in full, as blobs by space. */
export async function drawByCall(root, key, { strengths, local, paper, locks }) {
  const files = await call(root, "render", [key, strengths, local && !paper, paper ? [] : locks]);
  const [w_plus, w_star] = await Promise.all(files.slice(0, 2).map((file) => fetched(root, file)));
  return { w_plus, w_star };
}

/** The file, at the address that this page has the server under: Gradio may know another one. */
async function fetched(root, file) {
  const path = file.url ? file.url.slice(file.url.indexOf("/gradio_api/")) : `/gradio_api/file=${file.path}`;
  return (await fetch(root + path)).blob();
}
