/** Questions to the server about what is kept; every refusal comes as a sentence. */

const UNREACHABLE = "imu_hip does not answer. Try again when the connection is back.";

/**
 * Ask for JSON.
 *
 * @param {string} path
 * @param {Record<string, string | number>} asked
 * @returns {Promise<any>}
 */
export async function ask(path, asked) {
  const query = new URLSearchParams(
    Object.entries(asked).map(([name, value]) => [name, String(value)]),
  );
  return (await answered(`${path}?${query}`, {})).json();
}

/**
 * Change something or fetch what is personal; the answer as it is.
 *
 * @param {string} path
 * @param {Record<string, unknown>} wish
 * @returns {Promise<Response>}
 */
export function change(path, wish) {
  const headers = { "Content-Type": "application/json" };
  return answered(path, { method: "POST", headers, body: JSON.stringify(wish) });
}

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function answered(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error(UNREACHABLE);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new Error(typeof body?.problem === "string" ? body.problem : UNREACHABLE);
}
