// What a button of a page does on this machine, as the page's server knows it.

/** What a POST does with the JSON of its body, undefined for none; its result is the answer. */
export type Action = (input: unknown) => object | Promise<object>;

/** What an action does not take, or cannot do; the message is for whoever pressed the button. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
}
