// What Telegram hands to a Mini App when it opens it, here signed by the system that runs on this machine.

/** An Authorization that is good now, at the system of this address. */
export async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/local/sign-in`, {
    method: 'POST',
    headers: { 'x-cameo-local': '1' },
  });
  const { initData } = (await answer.json()) as { initData: string };
  return `tma ${initData}`;
}
