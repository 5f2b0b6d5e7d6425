// Steps: subscriptions that a client keeps itself.
import assert from "node:assert/strict";
import { client, event, events, follow, library, link, newStream, numbers, perCall, revisions, step } from "./kit.mjs";

const { END, START, eventTypeFilter, excludeSystemEvents, jsonEvent, streamNameFilter } = library;

const append = (stream, what) => client.appendToStream(stream, what);

step("subscribe/stream/from the start, then live", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const f = follow(client.subscribeToStream(stream, { fromRevision: START }));
  await f.confirmed;
  assert.ok(f.subscription.id);
  await f.caughtUp;
  await append(stream, events(2, 3));
  const found = await f.take(5);
  assert.deepEqual(numbers(found), [0, 1, 2, 3, 4]);
  assert.deepEqual(revisions(found), [0n, 1n, 2n, 3n, 4n]);
});

step("subscribe/stream/behind a revision", async () => {
  const stream = newStream();
  await append(stream, events(5));
  const f = follow(client.subscribeToStream(stream, { fromRevision: 2n }));
  assert.deepEqual(numbers(await f.take(2)), [3, 4]);
});

step("subscribe/stream/from the end", async () => {
  const stream = newStream();
  await append(stream, events(5));
  const f = follow(client.subscribeToStream(stream, { fromRevision: END }));
  await f.caughtUp;
  await append(stream, event(5));
  assert.deepEqual(numbers(await f.take(1)), [5]);
});

step("subscribe/stream/before it is there", async () => {
  const stream = newStream();
  const f = follow(client.subscribeToStream(stream));
  await f.caughtUp;
  await append(stream, event(0));
  assert.deepEqual(numbers(await f.take(1)), [0]);
});

step("subscribe/stream/links", async () => {
  const [target, links] = [newStream(), newStream()];
  await append(target, events(2));
  await append(links, link(target, 1));
  const f = follow(client.subscribeToStream(links, { resolveLinkTos: true }));
  await f.caughtUp;
  await append(links, link(target, 0));
  const found = await f.take(2);
  assert.deepEqual(numbers(found), [1, 0]);
  assert.deepEqual(found.map((r) => r.link.revision), [0n, 1n]);
});

step("subscribe/stream/that is gone, or goes", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const before = follow(client.subscribeToStream(stream));
  await before.take(1);
  await client.tombstoneStream(stream);
  assert.equal((await before.next()).event.type, "$streamDeleted");
  assert.equal((await before.failure()).type, "stream-deleted");
  const after = follow(client.subscribeToStream(stream));
  assert.equal((await after.failure()).type, "stream-deleted");
});

step("subscribe/stream/until unsubscribed", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const f = follow(client.subscribeToStream(stream));
  await f.take(1);
  const ended = f.end();
  await f.stop();
  await ended;
});

step("subscribe/stream/a long one, while more is written", async () => {
  const stream = newStream();
  for (let n = 0; n < 1500; n += 500) await append(stream, events(500, n));
  const f = follow(client.subscribeToStream(stream));
  for (let n = 1500; n < 2000; n += 50) await append(stream, events(50, n));
  assert.deepEqual(numbers(await f.take(2000)), Array.from({ length: 2000 }, (_, i) => i));
});

step("subscribe/all/from the start", async () => {
  const f = follow(client.subscribeToAll({ fromPosition: START }));
  const first = await f.next();
  assert.ok(first.event.position.commit > 0n);
  await f.caughtUp;
});

step("subscribe/all/behind a position, then live", async () => {
  const stream = newStream();
  const { position } = await append(stream, event(0));
  await append(stream, event(1));
  const f = follow(client.subscribeToAll({ fromPosition: position }));
  await f.caughtUp;
  await append(stream, event(2));
  const found = await f.take(2);
  assert.deepEqual(found.map((r) => [r.event.streamId, r.event.data.n]), [[stream, 1], [stream, 2]]);
  assert.ok(found[0].event.position.commit < found[1].event.position.commit);
});

step("subscribe/all/from the end", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const f = follow(client.subscribeToAll({ fromPosition: END }));
  await f.caughtUp;
  await append(stream, event(1));
  assert.deepEqual(numbers(await f.take(1)), [1]);
});

step("subscribe/all/links", async () => {
  const [target, links] = [newStream(), newStream()];
  const { position } = await append(target, event(7));
  await append(links, link(target, 0));
  const f = follow(client.subscribeToAll({ fromPosition: position, resolveLinkTos: true }));
  const resolved = await f.next();
  assert.deepEqual([resolved.event.data.n, resolved.link.streamId], [7, links]);
});

step("subscribe/all/filters", async () => {
  const [stream, other] = [newStream(), newStream()];
  const kind = (n) => jsonEvent({ type: `kind-${stream}`, data: { n } });
  await append(stream, event(0));
  await append(other, kind(1));
  const check = async (filter, old, live, write) => {
    const f = follow(client.subscribeToAll({ filter }));
    await f.caughtUp;
    await write();
    assert.deepEqual(numbers(await f.take(2)), [old, live]);
    await f.stop();
  };
  const ofStream = (n) => () => append(stream, event(n));
  const ofType = (n) => () => append(other, kind(n));
  await check(streamNameFilter({ prefixes: ["none-", stream] }), 0, 2, ofStream(2));
  await client.deleteStream(stream);
  await check(eventTypeFilter({ prefixes: [`kind-${stream}`] }), 1, 3, ofType(3));
  await check(eventTypeFilter({ regex: `^kind-.*${stream}$` }), 1, 3, async () => {});
  await check(streamNameFilter({ regex: `^${stream}$` }), 0, 2, async () => {});
});

step("subscribe/all/without the system's own events", async () => {
  const f = follow(client.subscribeToAll({ filter: excludeSystemEvents() }));
  const stream = newStream();
  await client.setStreamMetadata(stream, { maxCount: 5 });
  await append(stream, jsonEvent({ type: "last", data: { stream } }));
  for (;;) {
    const { event: found } = await f.next();
    assert.ok(!found.type.startsWith("$"), found.type);
    if (found.streamId === stream) return;
  }
});

step("subscribe/all/checkpoints lead behind what was filtered out", async () => {
  const [stream, noise] = [newStream(), newStream()];
  const { position: begin } = await append(stream, event(0));
  await append(noise, events(400));
  const { position: end } = await append(stream, event(1));
  const checkpoints = [];
  let reached;
  const enough = new Promise((resolve) => (reached = resolve));
  const filter = streamNameFilter({
    prefixes: [stream], checkpointInterval: 2, maxSearchWindow: 50,
    checkpointReached: (_, position) => {
      checkpoints.push(position);
      if (position.commit >= end.commit) reached();
    },
  });
  const f = follow(client.subscribeToAll({ fromPosition: begin, filter }));
  assert.deepEqual(numbers(await f.take(1)), [1]);
  await enough;
  assert.ok(checkpoints.length >= 3, `${checkpoints.length} checkpoints`);
  for (let i = 1; i < checkpoints.length; i++) assert.ok(checkpoints[i - 1].commit < checkpoints[i].commit);
  await f.stop();

  const resumed = follow(client.subscribeToAll({ fromPosition: checkpoints.at(-1), filter: streamNameFilter({ prefixes: [stream] }) }));
  await append(stream, event(2));
  assert.deepEqual(numbers(await resumed.take(1)), [2]);
});

step("subscribe/all/checkpoints while live", async () => {
  const [stream, noise] = [newStream(), newStream()];
  let reached;
  const live = new Promise((resolve) => (reached = resolve));
  let written;
  const filter = streamNameFilter({
    prefixes: [stream], checkpointInterval: 1, maxSearchWindow: 10,
    checkpointReached: (_, position) => {
      if (written !== undefined && position.commit >= written) reached(position);
    },
  });
  const f = follow(client.subscribeToAll({ fromPosition: END, filter }));
  await f.caughtUp;
  written = (await append(noise, event(0))).position.commit;
  await append(noise, events(30));
  const position = await live;
  assert.ok(position.prepare <= position.commit);
  assert.ok(f.idle);
});

step("subscribe/with the password of the call", async () => {
  const stream = newStream();
  await append(stream, event(0));
  assert.deepEqual(numbers(await follow(client.subscribeToStream(stream, perCall)).take(1)), [0]);
  await follow(client.subscribeToAll(perCall)).take(1);
});
