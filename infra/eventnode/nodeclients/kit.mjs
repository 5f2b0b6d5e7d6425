// What the steps stand on: the two clients behind the same few words, steps with names, and a follower of subscriptions.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const [, , packageName, setting] = process.argv;

// where is how the test started the node: address, and over TLS ca, user and password; socket where the client takes one.
export const where = JSON.parse(setting);
export const library = await import(packageName);
export const isKurrent = packageName.startsWith("@kurrent/");
export const isSecure = where.ca !== undefined;

const Client = isKurrent ? library.KurrentDBClient : library.EventStoreDBClient;
const scheme = isKurrent ? "kurrentdb" : "esdb";

// open connects. Settings are those of a connection string; user, password, hosts and discover are told apart from them.
export function open({ user = where.user, password = where.password, hosts = where.address, discover = false, ca = where.ca, ...settings } = {}) {
  const login = user ? `${user}:${encodeURIComponent(password)}@` : "";
  const query = Object.entries({ tls: isSecure, ...(isSecure ? { tlsCAFile: ca } : {}), ...settings }).map(([k, v]) => `${k}=${v}`);
  return Client.connectionString(`${scheme}${discover ? "+discover" : ""}://${login}${hosts}?${query.join("&")}`);
}

// openSocket connects over a unix socket, which only a client without native parts can do.
export function openSocket(path) {
  return new Client({ endpoint: `unix:${path}` }, { insecure: true });
}

export const client = open();

// expecting is the one option of an append that the clients name differently.
export const expecting = (revision) => (isKurrent ? { streamState: revision } : { expectedRevision: revision });

// versions are what a wrong version was and should have been, whatever the client calls them.
export const versions = (error) => (isKurrent ? [error.expectedState, error.actualState] : [error.expectedVersion, error.actualVersion]);

// perCall makes a client append by a call of its own; without credentials it puts all appends on one BatchAppend call.
export const perCall = { credentials: { username: where.user ?? "admin", password: where.password ?? "changeit" } };

export const newStream = () => `client-${randomUUID()}`;
export const event = (n, more = {}) => library.jsonEvent({ type: "counted", data: { n }, ...more });
export const events = (count, from = 0) => Array.from({ length: count }, (_, i) => event(from + i));
export const link = (stream, revision) =>
  library.binaryEvent({ type: "$>", data: Buffer.from(`${revision}@${stream}`) });

export async function collect(read) {
  const found = [];
  for await (const resolved of read) found.push(resolved);
  return found;
}

export const numbers = (resolved) => resolved.map((r) => r.event.data.n);
export const revisions = (resolved) => resolved.map((r) => r.event.revision);

// refusal is the error a promise ends with; a promise that succeeds is the error.
export async function refusal(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`succeeded with ${show(value)}, want a refusal`);
}

const following = new Set();

// Follower queues what a subscription brings, so that a step can wait for one thing after the other.
class Follower {
  #queue = [];
  #waiting = [];

  constructor(subscription) {
    this.subscription = subscription;
    this.confirmed = new Promise((resolve) => subscription.once("confirmation", resolve));
    this.caughtUp = new Promise((resolve) => subscription.once("caughtUp", resolve));
    subscription.on("data", (data) => this.#put({ data }));
    subscription.on("error", (error) => this.#put({ error }));
    subscription.on("end", () => this.#put({ ended: true }));
    following.add(this);
  }

  #put(item) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#queue.push(item);
  }

  #next() {
    if (this.#queue.length > 0) return Promise.resolve(this.#queue.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async next() {
    const item = await this.#next();
    if (item.data) return item.data;
    throw item.error ?? new Error("the subscription ended");
  }

  async take(count) {
    const taken = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  // failure skips what is still under way and returns the error the subscription ends with.
  async failure() {
    for (;;) {
      const item = await this.#next();
      if (item.error) return item.error;
      if (item.ended) throw new Error("the subscription ended without an error");
    }
  }

  async end() {
    for (;;) {
      const item = await this.#next();
      if (item.ended) return;
      if (item.error) throw item.error;
    }
  }

  get idle() {
    return this.#queue.length === 0;
  }

  async stop() {
    following.delete(this);
    await this.subscription.unsubscribe();
  }
}

export const follow = (subscription) => new Follower(subscription);

// until asks again until the answer is as wanted: some things a server does after it has answered.
export async function until(ask, wanted) {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// ask has the test do something with the node, such as starting it anew.
export async function ask(what) {
  process.stdout.write(JSON.stringify({ ask: what }) + "\n");
  await lines.next();
}

const show = (value) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}n` : v));
const steps = [];

export const step = (name, run) => steps.push({ name, run });

// patience is far beyond what any step takes: it ends a step that would hang.
const patience = 30_000;

async function attempt(run) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${patience} ms`)), patience);
  });
  try {
    await Promise.race([run(), late]);
    return undefined;
  } catch (error) {
    return `${error.type ?? error.name}: ${error.stack ?? show(error)}`;
  } finally {
    clearTimeout(timer);
    await Promise.allSettled([...following].map((f) => f.stop()));
  }
}

// runAll reports each step as a line of JSON.
export async function runAll() {
  for (const { name, run } of steps) {
    const error = await attempt(run);
    process.stdout.write(JSON.stringify({ step: name, error }) + "\n");
  }
  process.stdout.write(JSON.stringify({ done: steps.length }) + "\n", () => process.exit(0));
}

// Errors of calls nobody waits for any more, such as a batch that ends with the node, are no step's failure.
process.on("unhandledRejection", (reason) => process.stderr.write(`unhandled: ${reason?.stack ?? reason}\n`));

