// Steps: subscriptions that the server keeps for a group of consumers.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  client, event, events, follow, library, link, newStream, numbers, perCall, refusal, step, until,
} from "./kit.mjs";

const {
  DISPATCH_TO_SINGLE, END, PARK, PINNED, RETRY, ROUND_ROBIN, SKIP, START, STOP, UNBOUNDED, jsonEvent, streamNameFilter, eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults: allSettings,
  persistentSubscriptionToStreamSettingsFromDefaults: streamSettings,
} = library;

const append = (stream, what) => client.appendToStream(stream, what);
const newGroup = () => `group-${randomUUID()}`;

// create makes a group that begins at the start and lets a step see at once what is done.
async function create(stream, changes = {}) {
  const group = newGroup();
  await client.createPersistentSubscriptionToStream(stream, group, streamSettings({ startFrom: START, ...changes }));
  return group;
}

const join = (stream, group, options) => follow(client.subscribeToPersistentSubscriptionToStream(stream, group, options));
const info = (stream, group) => client.getPersistentSubscriptionToStreamInfo(stream, group);
const parked = async (stream, group, count) =>
  until(() => info(stream, group), ({ stats }) => stats.parkedMessageCount === BigInt(count));

async function ackAll(consumer, count) {
  const found = await consumer.take(count);
  await consumer.subscription.ack(...found);
  return found;
}

step("persistent/stream/create, update, delete", async () => {
  const stream = newStream();
  const group = await create(stream, { startFrom: END });
  const exists = await refusal(client.createPersistentSubscriptionToStream(stream, group, streamSettings()));
  assert.deepEqual([exists.type, exists.streamName, exists.groupName], ["persistent-subscription-exists", stream, group]);
  await client.updatePersistentSubscriptionToStream(stream, group, streamSettings({ maxRetryCount: 3, startFrom: 2n }));
  assert.equal((await info(stream, group)).settings.maxRetryCount, 3);
  await client.deletePersistentSubscriptionToStream(stream, group);
  for (const attempt of [
    () => client.updatePersistentSubscriptionToStream(stream, group, streamSettings()),
    () => client.deletePersistentSubscriptionToStream(stream, group),
    () => info(stream, group),
    () => client.replayParkedMessagesToStream(stream, group),
    () => join(stream, group).failure().then((error) => Promise.reject(error)),
  ]) {
    const error = await refusal(attempt());
    assert.equal(error.type, "persistent-subscription-does-not-exist");
    assert.deepEqual([error.streamName, error.groupName], [stream, group]);
  }
  await client.createPersistentSubscriptionToStream(stream, group, streamSettings());
});

step("persistent/all/create, update, delete", async () => {
  const group = newGroup();
  await client.createPersistentSubscriptionToAll(group, allSettings());
  const exists = await refusal(client.createPersistentSubscriptionToAll(group, allSettings()));
  assert.deepEqual([exists.type, exists.groupName], ["persistent-subscription-exists", group]);
  await client.updatePersistentSubscriptionToAll(group, allSettings({ maxRetryCount: 4 }));
  assert.equal((await client.getPersistentSubscriptionToAllInfo(group)).settings.maxRetryCount, 4);
  await client.deletePersistentSubscriptionToAll(group);
  for (const attempt of [
    () => client.updatePersistentSubscriptionToAll(group, allSettings()),
    () => client.deletePersistentSubscriptionToAll(group),
    () => client.getPersistentSubscriptionToAllInfo(group),
    () => client.replayParkedMessagesToAll(group),
    () => follow(client.subscribeToPersistentSubscriptionToAll(group)).failure().then((error) => Promise.reject(error)),
  ]) {
    assert.equal((await refusal(attempt())).type, "persistent-subscription-does-not-exist");
  }
});

step("persistent/settings that cannot work", async () => {
  const refused = await refusal(create(newStream(), { readBatchSize: 500, historyBufferSize: 20 }));
  assert.equal(refused.type, "persistent-subscription-failed");
  assert.ok(refused.reason);
});

step("persistent/stream/from the start, acknowledged, then live", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const group = await create(stream);
  const consumer = join(stream, group);
  await consumer.confirmed;
  assert.equal(consumer.subscription.id, `${stream}::${group}`);
  const found = await ackAll(consumer, 3);
  assert.deepEqual(numbers(found), [0, 1, 2]);
  assert.deepEqual(found.map((r) => r.retryCount), [0, 0, 0]);
  await append(stream, event(3));
  assert.deepEqual(numbers(await ackAll(consumer, 1)), [3]);
});

step("persistent/stream/from the end and from a revision", async () => {
  const stream = newStream();
  await append(stream, events(5));
  const late = await create(stream, { startFrom: END });
  const middle = await create(stream, { startFrom: 3n });
  await append(stream, event(5));
  assert.deepEqual(numbers(await join(stream, late).take(1)), [5]);
  assert.deepEqual(numbers(await join(stream, middle).take(3)), [3, 4, 5]);
});

step("persistent/stream/not more at once than the consumer takes", async () => {
  const stream = newStream();
  await append(stream, events(5));
  const consumer = join(stream, await create(stream), { bufferSize: 2 });
  const found = await consumer.take(2);
  assert.ok(consumer.idle);
  await consumer.subscription.ack(found[0]);
  assert.deepEqual(numbers(await consumer.take(1)), [2]);
  await consumer.subscription.ack(found[1]);
  assert.deepEqual(numbers(await consumer.take(1)), [3]);
});

step("persistent/nack/park and replay", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const group = await create(stream);
  const consumer = join(stream, group);
  const found = await consumer.take(3);
  await consumer.subscription.nack(PARK, "later", found[0], found[2]);
  await consumer.subscription.ack(found[1]);
  await parked(stream, group, 2);
  await client.replayParkedMessagesToStream(stream, group);
  const again = await ackAll(consumer, 2);
  assert.deepEqual(numbers(again).sort(), [0, 2]);
  await parked(stream, group, 0);
});

step("persistent/nack/replay up to a count", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const group = await create(stream);
  const consumer = join(stream, group);
  for (const found of await consumer.take(3)) await consumer.subscription.nack(PARK, "later", found);
  await parked(stream, group, 3);
  await client.replayParkedMessagesToStream(stream, group, { stopAt: 2 });
  assert.deepEqual(numbers(await ackAll(consumer, 2)), [0, 1]);
  await parked(stream, group, 1);
  assert.ok(consumer.idle);
});

step("persistent/nack/retry, and parked when tried too often", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const group = await create(stream, { maxRetryCount: 2 });
  const consumer = join(stream, group);
  for (const retryCount of [0, 1, 2]) {
    const found = await consumer.next();
    assert.equal(found.retryCount, retryCount);
    await consumer.subscription.nack(RETRY, "again", found);
  }
  await parked(stream, group, 1);
});

for (const action of [SKIP, STOP]) {
  step(`persistent/nack/${action}`, async () => {
    const stream = newStream();
    await append(stream, events(2));
    const group = await create(stream);
    const consumer = join(stream, group, { bufferSize: 1 });
    await consumer.subscription.nack(action, "not wanted", await consumer.next());
    assert.deepEqual(numbers(await ackAll(consumer, 1)), [1]);
    const { stats } = await until(() => info(stream, group), (i) => i.stats.totalInFlightMessages === 0);
    assert.deepEqual([stats.parkedMessageCount, stats.retryBufferCount], [0n, 0]);
  });
}

step("persistent/a message not acknowledged in time comes again", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const consumer = join(stream, await create(stream, { messageTimeout: 50 }));
  assert.equal((await consumer.next()).retryCount, 0);
  const again = await consumer.next();
  assert.deepEqual([again.event.data.n, again.retryCount], [0, 1]);
});

step("persistent/messages of a consumer that leaves go to another", async () => {
  const stream = newStream();
  await append(stream, events(3));
  const group = await create(stream);
  const leaving = join(stream, group);
  await leaving.take(3);
  await leaving.stop();
  assert.deepEqual(numbers(await ackAll(join(stream, group), 3)), [0, 1, 2]);
});

step("persistent/what was acknowledged does not come again", async () => {
  const stream = newStream();
  await append(stream, events(4));
  const group = await create(stream, { checkPointLowerBound: 1, checkPointUpperBound: 1, checkPointAfter: 10 });
  const first = join(stream, group, { bufferSize: 2 });
  await ackAll(first, 2);
  await until(() => info(stream, group), ({ stats }) => stats.lastCheckpointedEventRevision === 1n);
  await first.stop();
  await until(() => info(stream, group), ({ connections }) => connections.length === 0);
  assert.deepEqual(numbers(await ackAll(join(stream, group), 2)), [2, 3]);
});

step("persistent/links", async () => {
  const [target, links] = [newStream(), newStream()];
  await append(target, events(2));
  await append(links, [link(target, 1), link(target, 0)]);
  const group = await create(links, { resolveLinkTos: true });
  const consumer = join(links, group, { bufferSize: 1 });
  const first = await consumer.next();
  assert.deepEqual([first.event.data.n, first.event.streamId, first.link.streamId, first.link.revision], [1, target, links, 0n]);
  await consumer.subscription.ack(first);
  assert.equal((await consumer.next()).event.data.n, 0);
});

step("persistent/all/with a filter", async () => {
  const [stream, noise] = [newStream(), newStream()];
  await append(stream, event(0));
  const group = newGroup();
  await client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: START }), { filter: streamNameFilter({ prefixes: [stream] }) });
  const consumer = follow(client.subscribeToPersistentSubscriptionToAll(group));
  await consumer.confirmed;
  assert.equal(consumer.subscription.id, `$all::${group}`);
  await append(noise, events(50));
  await append(stream, event(1));
  const found = await consumer.take(2);
  assert.deepEqual(numbers(found), [0, 1]);
  await consumer.subscription.ack(...found);

  const byType = newGroup();
  await client.createPersistentSubscriptionToAll(byType, allSettings({ startFrom: START }), { filter: eventTypeFilter({ regex: `^kind-${stream}$` }) });
  await append(noise, jsonEvent({ type: `kind-${stream}`, data: { n: 7 } }));
  assert.deepEqual(numbers(await follow(client.subscribeToPersistentSubscriptionToAll(byType)).take(1)), [7]);
});

step("persistent/all/from a position, park and replay", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const { position } = await append(stream, event(1));
  const group = newGroup();
  const filter = streamNameFilter({ prefixes: [stream] });
  await client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: position }), { filter });
  const consumer = follow(client.subscribeToPersistentSubscriptionToAll(group));
  await append(stream, event(2));
  const found = await consumer.take(1);
  assert.ok([1, 2].includes(found[0].event.data.n));
  await consumer.subscription.nack(PARK, "later", found[0]);
  await until(() => client.getPersistentSubscriptionToAllInfo(group), ({ stats }) => stats.parkedMessageCount === 1n);
  await client.replayParkedMessagesToAll(group);
  for (;;) {
    const again = await consumer.next();
    await consumer.subscription.ack(again);
    if (again.event.id === found[0].event.id) return;
  }
});

step("persistent/info", async () => {
  const stream = newStream();
  await append(stream, events(5));
  const settings = streamSettings({
    startFrom: 1n, resolveLinkTos: true, extraStatistics: true, messageTimeout: 12_000, maxRetryCount: 7, checkPointAfter: 3_000,
    checkPointLowerBound: 11, checkPointUpperBound: 900, maxSubscriberCount: 6, liveBufferSize: 400, readBatchSize: 30,
    historyBufferSize: 450, consumerStrategyName: PINNED,
  });
  const group = newGroup();
  await client.createPersistentSubscriptionToStream(stream, group, settings);
  const before = await info(stream, group);
  assert.deepEqual([before.eventSource, before.groupName, before.connections.length], [stream, group, 0]);
  assert.ok(before.status);
  assert.deepEqual(before.settings, settings);
  const consumer = join(stream, group, { bufferSize: 3 });
  await consumer.take(3);
  const now = await info(stream, group);
  assert.equal(now.stats.totalInFlightMessages, 3);
  assert.equal(now.connections.length, 1);
  assert.equal(now.connections[0].inFlightMessages, 3);
  assert.equal(now.connections[0].availableSlots, 0);
  assert.equal(now.stats.lastKnownEventRevision, 4n);
  assert.equal(now.stats.lastCheckpointedEventRevision, undefined);

  const ofAll = newGroup();
  const { position } = await append(stream, event(5));
  const wanted = allSettings({ startFrom: position, maxSubscriberCount: UNBOUNDED });
  await client.createPersistentSubscriptionToAll(ofAll, wanted);
  const all = await client.getPersistentSubscriptionToAllInfo(ofAll);
  assert.deepEqual([all.eventSource, all.groupName], ["$all", ofAll]);
  assert.deepEqual(all.settings, wanted);
  for (const startFrom of [START, END]) {
    const [name, everything] = [newGroup(), newGroup()];
    await client.createPersistentSubscriptionToStream(stream, name, streamSettings({ startFrom }));
    await client.createPersistentSubscriptionToAll(everything, allSettings({ startFrom }));
    assert.equal((await info(stream, name)).settings.startFrom, startFrom);
    assert.equal((await client.getPersistentSubscriptionToAllInfo(everything)).settings.startFrom, startFrom);
  }
});

step("persistent/lists", async () => {
  const stream = newStream();
  const groups = [await create(stream), await create(stream)];
  const ofAll = newGroup();
  await client.createPersistentSubscriptionToAll(ofAll, allSettings());
  const ofStream = await client.listPersistentSubscriptionsToStream(stream);
  assert.deepEqual(ofStream.map((i) => i.groupName).sort(), groups.sort());
  assert.ok((await client.listPersistentSubscriptionsToAll()).some((i) => i.groupName === ofAll && i.eventSource === "$all"));
  const everything = (await client.listAllPersistentSubscriptions()).map((i) => i.groupName);
  for (const group of [...groups, ofAll]) assert.ok(everything.includes(group));
  const none = await refusal(client.listPersistentSubscriptionsToStream(newStream()));
  assert.equal(none.type, "persistent-subscription-does-not-exist");
});

step("persistent/consumers are dropped by an update, a deletion and a restart of all groups", async () => {
  const stream = newStream();
  await append(stream, event(0));
  const group = await create(stream);
  const updated = join(stream, group);
  await updated.take(1);
  await client.updatePersistentSubscriptionToStream(stream, group, streamSettings({ startFrom: START, maxRetryCount: 1 }));
  const dropped = await updated.failure();
  assert.deepEqual([dropped.type, dropped.streamName, dropped.groupName], ["persistent-subscription-dropped", stream, group]);

  const restarted = join(stream, group);
  await restarted.take(1);
  await client.restartPersistentSubscriptionSubsystem();
  assert.equal((await restarted.failure()).type, "persistent-subscription-dropped");

  const deleted = join(stream, group);
  await deleted.take(1);
  await client.deletePersistentSubscriptionToStream(stream, group);
  assert.equal((await deleted.failure()).type, "persistent-subscription-does-not-exist");
});

step("persistent/not more consumers than allowed", async () => {
  const stream = newStream();
  const group = await create(stream, { maxSubscriberCount: 1 });
  await join(stream, group).confirmed;
  const error = await join(stream, group).failure();
  assert.equal(error.type, "maximum-subscribers-reached");
  assert.deepEqual([error.streamName, error.groupName], [stream, group]);
});

// shares tells how many of twenty events each of two consumers gets.
async function shares(consumerStrategyName) {
  const stream = newStream();
  const group = await create(stream, { consumerStrategyName });
  const consumers = [join(stream, group, { bufferSize: 20 }), join(stream, group, { bufferSize: 20 })];
  await Promise.all(consumers.map((c) => c.confirmed));
  await append(stream, events(20));
  const { connections } = await until(
    () => info(stream, group), (i) => i.connections.reduce((sum, c) => sum + c.inFlightMessages, 0) === 20);
  return connections.map((c) => c.inFlightMessages).sort((a, b) => a - b);
}

step("persistent/strategies/round robin", async () => assert.deepEqual(await shares(ROUND_ROBIN), [10, 10]));
step("persistent/strategies/dispatch to single", async () => assert.deepEqual(await shares(DISPATCH_TO_SINGLE), [0, 20]));
step("persistent/strategies/pinned: a stream stays with one consumer", async () => assert.deepEqual(await shares(PINNED), [0, 20]));

step("persistent/with the password of the call", async () => {
  const stream = newStream();
  const group = newGroup();
  await client.createPersistentSubscriptionToStream(stream, group, streamSettings({ startFrom: START }), perCall);
  await client.createPersistentSubscriptionToAll(group, allSettings(), perCall);
  await client.updatePersistentSubscriptionToStream(stream, group, streamSettings({ startFrom: START }), perCall);
  await append(stream, event(0));
  const consumer = join(stream, group, perCall);
  await consumer.subscription.nack(PARK, "later", await consumer.next());
  await parked(stream, group, 1);
  await client.replayParkedMessagesToStream(stream, group, perCall);
  await ackAll(consumer, 1);
  await client.getPersistentSubscriptionToStreamInfo(stream, group, perCall);
  await client.listAllPersistentSubscriptions(perCall);
  await client.deletePersistentSubscriptionToStream(stream, group, perCall);
  await client.deletePersistentSubscriptionToAll(group, perCall);
});
