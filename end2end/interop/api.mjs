// What a signed-in person's browser asks of the server over HTTP.

/** A person with a session. */
export class ApiClient {
  constructor(server, cookie) {
    this.server = server;
    this.cookie = cookie;
  }

  /** Signs somebody in by their one-time link. */
  static async enter(server, link) {
    const secret = link.split("#")[1];
    const answer = await post(server, "enter", { request: { secret, name: null } });
    const [cookie] = answer.headers.getSetCookie();
    return new ApiClient(server, cookie.split(";")[0]);
  }

  /** Calls a function of the server and returns what it answers. */
  async call(name, args) {
    const answer = await post(this.server, name, args, { cookie: this.cookie });
    return answer.json();
  }
}

async function post(server, name, args, headers = {}) {
  const answer = await fetch(`${server.origin}/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(args),
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  return answer;
}
