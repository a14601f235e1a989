// A proxy between the browser and the services: whatever a service is sent to goes through two other origins first, as at a
// service behind a gateway of its own. Browsers apply the `form-action` of a form's page to each of these redirects.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { OTHER_SERVICE, SERVICE } from "./local.mjs";

const HOPS = ["http://gateway.example", "http://session.example"];

/** The paths at which we send browsers to a service. */
const ENDS = ["/return", "/signed-out", "/sign-in"];

/** Runs `act` with the proxy's address, and checks that browsers went through the other origins. */
export async function withHops(act) {
  const seen = [];
  const server = createServer((incoming, outgoing) => answer(incoming, outgoing, seen));
  server.on("connect", tunnel);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await act(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  assert.deepEqual([...new Set(seen)].sort(), [...HOPS].sort(), "the origins on the way");
}

function answer(incoming, outgoing, seen) {
  const url = new URL(incoming.url);
  const hop = HOPS.indexOf(url.origin);
  const isEnd = [SERVICE, OTHER_SERVICE].includes(url.origin) && ENDS.includes(url.pathname);
  const hops = Number(url.searchParams.get("hops"));
  if (hop >= 0) {
    seen.push(url.origin);
    return redirect(outgoing, hop + 1 < HOPS.length ? `${HOPS[hop + 1]}${url.search}` : url.searchParams.get("to"));
  }
  if (isEnd && !hops) {
    const to = new URL(url);
    to.searchParams.set("hops", HOPS.length);
    return redirect(outgoing, `${HOPS[0]}/?${new URLSearchParams({ to })}`);
  }
  url.searchParams.delete("hops");
  return forward(incoming, outgoing, isEnd ? url : new URL(incoming.url));
}

/** Requests that a story makes beside its pages. */
function tunnel({ url }, client, head) {
  const { hostname, port } = new URL(`http://${url}`);
  const server = connect(port, hostname, () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    server.write(head);
    server.pipe(client).pipe(server);
  });
  for (const socket of [server, client]) socket.on("error", () => [server, client].forEach((one) => one.destroy()));
}

function redirect(outgoing, location) {
  outgoing.writeHead(302, { location }).end();
}

function forward(incoming, outgoing, url) {
  const { method, headers } = incoming;
  const sent = request(url, { method, headers, agent: false }, (response) => {
    outgoing.writeHead(response.statusCode, response.rawHeaders);
    response.pipe(outgoing);
  });
  sent.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(sent);
}
