// A resident's way through the provider: keeps cookies and follows redirects by hand, until one leads back.
import assert from "node:assert/strict";

const MOST_REDIRECTS = 10;

/** Where a new browser that goes to this address is sent below `stop`. */
export async function visit(address, stop) {
  const jar = new Map();
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(address, { redirect: "manual", headers: { cookie } });
    const text = await response.text();
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const location = response.headers.get("location");
    assert.ok(location, `${response.status} from ${address}: ${text}`);
    address = new URL(location, address).href;
    if (address.startsWith(stop)) return address;
  }
  return assert.fail(`too many redirects, the last to ${address}`);
}

/** No two of the provider's cookies of one way share a name, so that their paths need not be looked at. */
function keep(jar, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
  if (value) jar.set(name, value);
  else jar.delete(name);
}
