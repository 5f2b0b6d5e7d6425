// Steps: finding the node, being let in by it, and its restart. The restart comes last: it ends what others still follow.
import assert from "node:assert/strict";
import {
  ask, client, collect, event, events, expecting, follow, isKurrent, isSecure, library, newStream, numbers, open, openSocket, perCall,
  refusal, step, until, where,
} from "./kit.mjs";

const { NO_STREAM, START, persistentSubscriptionToStreamSettingsFromDefaults: streamSettings } = library;

// use writes and reads with a connection of its own.
async function use(own) {
  const stream = newStream();
  assert.equal((await own.appendToStream(stream, event(0), expecting(NO_STREAM))).nextExpectedRevision, 0n);
  assert.deepEqual(numbers(await collect(own.readStream(stream))), [0]);
  assert.deepEqual(numbers(await follow(own.subscribeToStream(stream)).take(1)), [0]);
  await own.dispose();
}

step("connect/found by gossip of one seed", () => use(open({ discover: true })));
step("connect/found by gossip of several seeds", () => use(open({ hosts: `${where.address},${where.address}` })));
step("connect/the leader is preferred", () => use(open({ discover: true, nodePreference: "leader" })));

if (where.socket !== undefined && !isKurrent) {
  step("connect/over a unix socket", () => use(openSocket(where.socket)));
}

step("connect/projections are refused, not waited for", async () => {
  const error = await refusal(client.createProjection("p", "fromAll()"));
  assert.ok(error.type, error);
});

if (isSecure) {
  // denied tries what somebody is not let in for.
  async function denied(own, options = {}) {
    const stream = newStream();
    for (const attempt of [
      () => own.appendToStream(stream, event(0), options),
      () => collect(own.readStream(stream, options)),
      () => collect(own.readAll(options)),
      () => follow(own.subscribeToAll(options)).failure().then((error) => Promise.reject(error)),
      () => own.deleteStream(stream, options),
      () => own.createPersistentSubscriptionToStream(stream, "g", streamSettings(), options),
      () => own.listAllPersistentSubscriptions(options),
    ]) {
      const error = await refusal(attempt());
      assert.equal(error.type, "access-denied", `${attempt}: ${error.stack}`);
    }
  }

  step("access/with user and password", () => use(open()));
  step("access/nobody", () => denied(open({ user: "" })));
  step("access/wrong password", () => denied(open({ password: "wrong" })));
  step("access/unknown user", () => denied(open({ user: "nobody" })));
  step("access/wrong password of the call", () => denied(client, { credentials: { username: where.user, password: "wrong" } }));
  step("access/nobody, but with the password of the call", async () => {
    const own = open({ user: "" });
    const stream = newStream();
    await own.appendToStream(stream, event(0), perCall);
    assert.equal((await collect(own.readStream(stream, perCall))).length, 1);
    await own.dispose();
  });
  step("access/a certificate nobody vouches for", async () => {
    const error = await refusal(open({ ca: where.untrusted }).appendToStream(newStream(), event(0), { deadline: 2_000 }));
    assert.match(error.message, /certificate/);
  });
}

step("restart/clients go on with the node that came back", async () => {
  const stream = newStream();
  await client.appendToStream(stream, events(3));
  await client.createPersistentSubscriptionToStream(stream, "g", streamSettings({
    startFrom: START, checkPointLowerBound: 1, checkPointUpperBound: 1, checkPointAfter: 10,
  }));
  const consumer = follow(client.subscribeToPersistentSubscriptionToStream(stream, "g", { bufferSize: 1 }));
  await consumer.subscription.ack(await consumer.next());
  await until(
    () => client.getPersistentSubscriptionToStreamInfo(stream, "g"), ({ stats }) => stats.lastCheckpointedEventRevision === 0n);
  const live = follow(client.subscribeToStream(stream));
  await live.take(3);

  await ask("restart");
  assert.ok(await live.failure());
  assert.ok(await consumer.failure());
  const last = event(3);
  await until(() => client.appendToStream(stream, last, expecting(2n)).catch(() => undefined), (answer) => answer?.success);
  const read = await until(() => collect(client.readStream(stream)).catch(() => undefined), (found) => found !== undefined);
  assert.deepEqual(numbers(read), [0, 1, 2, 3]);
  assert.deepEqual(numbers(await follow(client.subscribeToStream(stream, { fromRevision: 2n })).take(1)), [3]);
  assert.deepEqual(numbers(await follow(client.subscribeToPersistentSubscriptionToStream(stream, "g")).take(3)), [1, 2, 3]);
});
