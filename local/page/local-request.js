// What only this page may ask of this machine: no other site can send this header.

const PATIENCE_MS = 5000;

/** POSTs to a path under `/local/`; the answer. Throws if there is none, or a refusal. */
export async function post(path) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'x-cameo-local': '1' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}
