// Steps: appending, reading, deleting, metadata.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  client, collect, event, events, expecting, isKurrent, library, link, newStream, numbers, open, perCall, refusal, revisions, step, versions,
} from "./kit.mjs";

const { ANY, BACKWARDS, END, FORWARDS, NO_STREAM, START, STREAM_EXISTS, binaryEvent, jsonEvent } = library;

const read = (stream, options) => collect(client.readStream(stream, options));
const append = (stream, what, revision = ANY, options = {}) => client.appendToStream(stream, what, { ...expecting(revision), ...options });

// Every append step runs on both ways a client has: one BatchAppend call for all, and one Append call each.
for (const [way, options] of [["batch", {}], ["single", perCall]]) {
  step(`append/${way}/expected states`, async () => {
    const stream = newStream();
    const first = await append(stream, event(0), NO_STREAM, options);
    assert.equal(first.success, true);
    assert.equal(first.nextExpectedRevision, 0n);
    assert.ok(first.position.commit > 0n);
    assert.equal(first.position.prepare, first.position.commit);
    assert.equal((await append(stream, event(1), 0n, options)).nextExpectedRevision, 1n);
    assert.equal((await append(stream, event(2), STREAM_EXISTS, options)).nextExpectedRevision, 2n);
    const last = await append(stream, event(3), ANY, options);
    assert.equal(last.nextExpectedRevision, 3n);
    assert.ok(last.position.commit > first.position.commit);
    assert.deepEqual(numbers(await read(stream)), [0, 1, 2, 3]);
  });

  step(`append/${way}/several events in one write`, async () => {
    const stream = newStream();
    const result = await append(stream, events(50), NO_STREAM, options);
    assert.equal(result.nextExpectedRevision, 49n);
    const found = await read(stream);
    assert.deepEqual(revisions(found), Array.from({ length: 50 }, (_, i) => BigInt(i)));
    assert.equal(found.at(-1).event.position.commit, result.position.commit);
  });

  step(`append/${way}/json and binary, with metadata of both kinds`, async () => {
    const stream = newStream();
    const ids = [randomUUID(), randomUUID()];
    await append(stream, [
      jsonEvent({ id: ids[0], type: "заметка", data: { text: "Привет, мир" }, metadata: { who: "Ирина" } }),
      binaryEvent({ id: ids[1], type: "bytes", data: Uint8Array.of(0, 1, 254, 255), metadata: Uint8Array.of(255, 0) }),
    ], NO_STREAM, options);
    const [json, binary] = (await read(stream)).map((r) => r.event);
    assert.deepEqual([json.id, json.type, json.isJson, json.streamId], [ids[0], "заметка", true, stream]);
    assert.deepEqual(json.data, { text: "Привет, мир" });
    assert.deepEqual(json.metadata, { who: "Ирина" });
    assert.ok(Math.abs(json.created.getTime() - Date.now()) < 3_600_000, `created ${json.created}`);
    assert.deepEqual([binary.id, binary.type, binary.isJson], [ids[1], "bytes", false]);
    assert.deepEqual([...binary.data], [0, 1, 254, 255]);
    assert.deepEqual([...binary.metadata], [255, 0]);
  });

  step(`append/${way}/a wrong version is a typed error`, async () => {
    const stream = newStream();
    await append(stream, events(2), NO_STREAM, options);
    const missing = newStream();
    for (const [name, revision, expected, actual] of [
      [stream, 0n, 0n, 1n], [stream, 7n, 7n, 1n], [stream, NO_STREAM, "no_stream", 1n],
      [missing, 5n, 5n, "no_stream"], [missing, STREAM_EXISTS, "stream_exists", "no_stream"],
    ]) {
      const error = await refusal(append(name, event(9), revision, options));
      assert.equal(error.type, "wrong-expected-version");
      assert.equal(error.streamName, name);
      assert.deepEqual(versions(error), [expected, actual]);
    }
    assert.equal((await read(stream)).length, 2);
    assert.equal((await refusal(read(missing))).type, "stream-not-found");
  });

  step(`append/${way}/a wrong version as an answer when errors are not wanted`, async () => {
    const calm = open({ throwOnAppendFailure: false });
    const stream = newStream();
    await append(stream, events(2), NO_STREAM);
    const answer = await calm.appendToStream(stream, event(9), { ...expecting(7n), ...options });
    assert.equal(answer.success, false);
    // The clients make the number of their batch answer from whether there is one: it tells 1 for every revision.
    assert.equal(answer.nextExpectedRevision, 1n);
    const none = await calm.appendToStream(newStream(), event(9), { ...expecting(STREAM_EXISTS), ...options });
    assert.deepEqual([none.success, none.nextExpectedRevision], [false, -1n]);
    await calm.dispose();
  });

  step(`append/${way}/the same write twice lands once`, async () => {
    const stream = newStream();
    for (const revision of [NO_STREAM, ANY]) {
      const batch = events(3);
      const first = await append(stream, batch, revision, options);
      const again = await append(stream, batch, revision, options);
      assert.equal(again.nextExpectedRevision, first.nextExpectedRevision);
      assert.deepEqual(again.position, first.position);
      if (revision === NO_STREAM) assert.equal((await read(stream)).length, 3);
    }
    assert.equal((await read(stream)).length, 6);
  });

  step(`append/${way}/too much at once is a typed error`, async () => {
    const stream = newStream();
    const big = binaryEvent({ type: "big", data: Buffer.alloc(1_100_000) });
    const error = await refusal(append(stream, big, ANY, options));
    assert.equal(error.type, "maximum-append-size-exceeded");
    assert.equal(error.maxAppendSize, 1_048_576);
    assert.equal((await append(stream, event(0), NO_STREAM, options)).nextExpectedRevision, 0n);
  });

  step(`append/${way}/to a stream that is gone`, async () => {
    const stream = newStream();
    await append(stream, event(0));
    await client.tombstoneStream(stream);
    const error = await refusal(append(stream, event(1), ANY, options));
    assert.equal(error.type, "stream-deleted");
    assert.equal(error.streamName, stream);
  });

  step(`append/${way}/two hundred at the same time`, async () => {
    const streams = Array.from({ length: 20 }, newStream);
    await Promise.all(streams.flatMap((stream) => events(10).map((e) => append(stream, e, ANY, options))));
    for (const stream of streams) {
      assert.deepEqual(revisions(await read(stream)), Array.from({ length: 10 }, (_, i) => BigInt(i)));
    }
  });
}

step("append/batch/one write in several parts", async () => {
  const stream = newStream();
  const result = await append(stream, events(100), NO_STREAM, { batchAppendSize: 500 });
  assert.equal(result.nextExpectedRevision, 99n);
  assert.deepEqual(numbers(await read(stream)), Array.from({ length: 100 }, (_, i) => i));
  const error = await refusal(append(stream, events(100), 3n, { batchAppendSize: 500 }));
  assert.equal(error.type, "wrong-expected-version");
});

step("append/names of streams in Russian", async () => {
  const stream = `сделка-${randomUUID()}`;
  await append(stream, event(0), NO_STREAM);
  assert.equal((await read(stream))[0].event.streamId, stream);
  assert.equal((await refusal(append(stream, event(1), NO_STREAM))).streamName, stream);
  await client.tombstoneStream(stream);
  assert.equal((await refusal(read(stream))).type, "stream-deleted");
});

if (isKurrent) {
  step("append/writes to several streams are refused as too new", async () => {
    const request = { streamName: newStream(), events: [event(0)], expectedState: ANY };
    assert.equal((await refusal(client.multiStreamAppend([request]))).type, "unsupported");
    assert.equal((await refusal(client.appendRecords([{ streamName: newStream(), record: event(0) }]))).type, "unsupported");
  });
}

// The native part of Kurrent's client asks for forwards from the start and for backwards from the end, whatever the direction
// it is given.
step("read/stream/directions, positions and counts", async () => {
  const stream = newStream();
  await append(stream, events(10));
  assert.deepEqual(numbers(await read(stream)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(numbers(await read(stream, { fromRevision: 7n })), [7, 8, 9]);
  assert.deepEqual(numbers(await read(stream, { fromRevision: START, maxCount: 2 })), [0, 1]);
  assert.deepEqual(numbers(await read(stream, { direction: FORWARDS, fromRevision: 3n, maxCount: 2n })), [3, 4]);
  assert.deepEqual(numbers(await read(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 3 })), [9, 8, 7]);
  assert.deepEqual(numbers(await read(stream, { direction: BACKWARDS, fromRevision: 1n })), [1, 0]);
  if (!isKurrent) assert.deepEqual(numbers(await read(stream, { direction: BACKWARDS, fromRevision: START })), [0]);
  assert.deepEqual(numbers(await read(stream, { direction: BACKWARDS, fromRevision: 99n, maxCount: 1 })), [9]);
  assert.deepEqual(await read(stream, { fromRevision: 10n }), []);
  assert.deepEqual(await read(stream, { fromRevision: 500n }), []);
  if (!isKurrent) assert.deepEqual(await read(stream, { fromRevision: END }), []);
});

step("read/stream/a long one", async () => {
  const stream = newStream();
  for (let n = 0; n < 1500; n += 500) await append(stream, events(500, n));
  assert.deepEqual(numbers(await read(stream)), Array.from({ length: 1500 }, (_, i) => i));
});

step("read/stream/that is not there", async () => {
  const stream = newStream();
  const error = await refusal(read(stream));
  assert.equal(error.type, "stream-not-found");
  assert.equal(error.streamName, stream);
});

step("read/stream/links", async () => {
  const [target, gone, links] = [newStream(), newStream(), newStream()];
  await append(target, events(2));
  await append(gone, event(0));
  await append(links, [link(target, 1), link(gone, 0), link(target, 77)]);
  await client.tombstoneStream(gone);
  const plain = await read(links);
  assert.deepEqual(plain.map((r) => [r.event.type, r.link]), Array(3).fill(["$>", undefined]));
  const resolved = await read(links, { resolveLinkTos: true });
  assert.deepEqual(resolved.map((r) => r.event?.data.n), [1, undefined, undefined]);
  assert.deepEqual(resolved.map((r) => r.link.revision), [0n, 1n, 2n]);
  assert.deepEqual([resolved[0].event.streamId, resolved[0].event.revision], [target, 1n]);
});

step("read/all/directions, positions and counts", async () => {
  const stream = newStream();
  const positions = [];
  for (let n = 0; n < 4; n++) positions.push((await append(stream, event(n))).position);
  const mine = (found) => found.filter((r) => r.event.streamId === stream).map((r) => r.event.data.n);
  assert.deepEqual(mine(await collect(client.readAll())), [0, 1, 2, 3]);
  assert.deepEqual(mine(await collect(client.readAll({ fromPosition: positions[1], maxCount: 2 }))), [1, 2]);
  assert.deepEqual(mine(await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 3 }))), [3, 2, 1]);
  assert.deepEqual(mine(await collect(client.readAll({ direction: BACKWARDS, fromPosition: positions[2], maxCount: 1 }))), [1]);
  if (!isKurrent) assert.deepEqual(await collect(client.readAll({ fromPosition: END })), []);
  if (!isKurrent) assert.deepEqual(await collect(client.readAll({ direction: BACKWARDS, fromPosition: START })), []);
  const [found] = await collect(client.readAll({ fromPosition: positions[3], maxCount: 1 }));
  assert.deepEqual(found.event.position, positions[3]);
});

step("read/all/links", async () => {
  const [target, links] = [newStream(), newStream()];
  await append(target, events(2));
  const { position } = await append(links, link(target, 1));
  const [resolved] = await collect(client.readAll({ fromPosition: position, maxCount: 1, resolveLinkTos: true }));
  assert.deepEqual([resolved.event.streamId, resolved.event.data.n], [target, 1]);
  assert.deepEqual([resolved.link.streamId, resolved.commitPosition], [links, position.commit]);
});

if (isKurrent) {
  step("read/all/filters", async () => {
    const [stream, other] = [newStream(), newStream()];
    await append(stream, event(0));
    await append(other, jsonEvent({ type: `kind-${stream}`, data: { n: 1 } }));
    const found = async (filter) => numbers(await collect(client.readAll({ filter })));
    assert.deepEqual(await found(library.streamNameFilter({ prefixes: [stream] })), [0]);
    assert.deepEqual(await found(library.streamNameFilter({ regex: `^${stream}$` })), [0]);
    assert.deepEqual(await found(library.eventTypeFilter({ prefixes: ["none", `kind-${stream}`] })), [1]);
    assert.deepEqual(await found(library.eventTypeFilter({ regex: `${stream}$` })), [1]);
    const plain = await collect(client.readAll({ filter: library.excludeSystemEvents() }));
    assert.ok(plain.length >= 2 && plain.every((r) => !r.event.type.startsWith("$")));
  });
} else {
  step("read/cancelled in the middle", async () => {
    const stream = newStream();
    await append(stream, events(500));
    const reading = client.readStream(stream);
    for await (const resolved of reading) {
      assert.equal(resolved.event.data.n, 0);
      await reading.cancel();
      break;
    }
    assert.equal((await read(stream, { maxCount: 1 })).length, 1);
  });
}

step("read/with the password of the call", async () => {
  const stream = newStream();
  await append(stream, event(0));
  assert.equal((await read(stream, perCall)).length, 1);
  assert.equal((await collect(client.readAll({ ...perCall, direction: BACKWARDS, fromPosition: END, maxCount: 1 }))).length, 1);
});

for (const requiresLeader of [true, false]) {
  step(`read/leader required: ${requiresLeader}`, async () => {
    const stream = newStream();
    await append(stream, event(0), NO_STREAM, { requiresLeader });
    assert.equal((await read(stream, { requiresLeader })).length, 1);
  });
}

step("delete/hides the events, and the numbers go on", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const wrong = await refusal(client.deleteStream(stream, { expectedRevision: 7n }));
  assert.equal(wrong.type, "wrong-expected-version");
  assert.deepEqual([wrong.streamName, ...versions(wrong)], [stream, 7n, 2n]);
  const { position } = await client.deleteStream(stream, { expectedRevision: 2n });
  assert.ok(position.commit > 0n && position.prepare > 0n);
  assert.equal((await refusal(read(stream))).type, "stream-not-found");
  assert.equal((await append(stream, event(3), NO_STREAM)).nextExpectedRevision, 3n);
  assert.deepEqual(revisions(await read(stream)), [3n]);
  await client.deleteStream(stream);
  assert.equal((await append(stream, event(4), 3n)).nextExpectedRevision, 4n);
  assert.deepEqual(numbers(await read(stream)), [4]);
});

step("delete/of a stream that is not there", async () => {
  const error = await refusal(client.deleteStream(newStream(), { expectedRevision: 0n }));
  assert.equal(error.type, "wrong-expected-version");
});

step("delete/for ever", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const wrong = await refusal(client.tombstoneStream(stream, { expectedRevision: 7n }));
  assert.equal(wrong.type, "wrong-expected-version");
  const { position } = await client.tombstoneStream(stream, { expectedRevision: 2n });
  assert.ok(position.commit > 0n);
  for (const attempt of [
    () => read(stream), () => client.deleteStream(stream), () => client.tombstoneStream(stream),
    () => append(stream, event(0), NO_STREAM),
  ]) {
    const error = await refusal(attempt());
    assert.equal(error.type, "stream-deleted");
    assert.equal(error.streamName, stream);
  }
  const [last] = await collect(client.readAll({ fromPosition: position, maxCount: 1 }));
  assert.deepEqual([last.event.type, last.event.streamId], ["$streamDeleted", stream]);
});

step("delete/of streams that never were", async () => {
  const stream = newStream();
  await client.tombstoneStream(stream, { expectedRevision: NO_STREAM });
  assert.equal((await refusal(append(stream, event(0)))).type, "stream-deleted");
});

step("metadata/comes back as it was set", async () => {
  const stream = newStream();
  assert.deepEqual(await client.getStreamMetadata(stream), { streamName: stream });
  const metadata = {
    maxAge: 3600, maxCount: 100, truncateBefore: 1, cacheControl: 15, owner: "sales",
    acl: { readRoles: ["admin"], writeRoles: ["admin", "ops"], deleteRoles: ["admin"], metaReadRoles: ["ops"], metaWriteRoles: ["admin"] },
  };
  const first = await client.setStreamMetadata(stream, metadata, { expectedRevision: NO_STREAM });
  assert.equal(first.nextExpectedRevision, 0n);
  assert.deepEqual((await client.getStreamMetadata(stream)).metadata, metadata);
  await client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: 0n });
  assert.deepEqual((await client.getStreamMetadata(stream)).metadata, { maxCount: 2 });
});

step("metadata/a wrong version is refused", async () => {
  const stream = newStream();
  await client.setStreamMetadata(stream, { maxCount: 2 });
  // Metadata is written by the client's own means, whose name of the option is another than that of its append.
  const error = await refusal(append(`$$${stream}`, jsonEvent({ type: "$metadata", data: {} }), 5n));
  assert.equal(error.type, "wrong-expected-version");
});

step("metadata/bounds what is read", async () => {
  const stream = newStream();
  await append(stream, events(10));
  await client.setStreamMetadata(stream, { maxCount: 3 });
  assert.deepEqual(numbers(await read(stream)), [7, 8, 9]);
  await client.setStreamMetadata(stream, { truncateBefore: 5 });
  assert.deepEqual(numbers(await read(stream)), [5, 6, 7, 8, 9]);
  assert.deepEqual(numbers(await read(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 2 })), [9, 8]);
  await client.setStreamMetadata(stream, {});
  assert.equal((await read(stream)).length, 10);
});
