// The repairer's queue on Node.js: a real IndexedDB by fake-indexeddb, answers laid out by the test.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const page = new EventTarget();
page.body = { dataset: { user: "7", large: "too large", faulty: "put aside" } };
page.cookie = "csrftoken=abc";
globalThis.document = page;
globalThis.window = new EventTarget();
mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

const answer = (status, words) => new Response(words ? JSON.stringify(words) : "<html>", { status });
let answers = [];
let sent = [];
globalThis.fetch = async (url, { body, headers }) => {
  sent.push({ url, verb: body.get("verb"), key: body.get("key"), token: headers["X-CSRFToken"], happenedAt: body.get("happened_at") });
  const next = answers.shift() ?? answer(200, { progress: "accepted" });
  if (next instanceof Error) throw next;
  return next;
};

const queue = await import("../../../../static/complaints/crew/queue.js");
const { steps } = await import("../../../../static/complaints/crew/store.js");
const step = (verb, visit = "1") => ({ visit, url: `/crew/${visit}/steps`, verb, form: verb, fields: {} });
const verbs = () => sent.map((parcel) => parcel.verb);

beforeEach(async () => {
  for (const kept of await steps.all()) await steps.remove(kept.id);
  answers = [];
  sent = [];
});

test("a confirmed step is gone, and was sent once with its key and token", async () => {
  const key = await queue.send(step("accept_assignment"));
  const [{ happenedAt, ...parcel }] = sent;
  assert.deepEqual(parcel, { url: "/crew/1/steps", verb: "accept_assignment", key, token: "abc" });
  assert.match(happenedAt, /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(await queue.waiting(), []);
});

test("steps wait in order while the line is away, and keep their keys", async () => {
  answers = [new TypeError("no line"), new TypeError("no line")];
  const first = await queue.send(step("accept_assignment"));
  const second = await queue.send(step("depart"));
  assert.deepEqual((await queue.waiting()).map(({ key }) => key), [first, second]);
  sent = [];
  await queue.flush();
  assert.deepEqual(sent.map(({ key }) => key), [first, second]);
  assert.deepEqual(await queue.waiting(), []);
});

test("a step that met a busy lock waits, and is sent again with its key", async () => {
  answers = [answer(503, { code: "busy" })];
  const key = await queue.send(step("accept_assignment"));
  assert.deepEqual((await queue.waiting()).map((waiting) => [waiting.key, waiting.returned]), [[key, undefined]]);
  await queue.flush();
  assert.deepEqual(sent.map((parcel) => parcel.key), [key, key]);
  assert.deepEqual(await queue.waiting(), []);
});

test("a refused step keeps its sentence and holds back its own visit only", async () => {
  answers = [answer(409, { sentence: "wrong order", code: "wrong_state" })];
  await queue.send(step("depart"));
  await queue.send(step("arrive"));
  await queue.send(step("accept_assignment", "2"));
  assert.deepEqual(verbs(), ["depart", "accept_assignment"]);
  const [refused, held] = await queue.waiting();
  assert.deepEqual([refused.verb, refused.returned, refused.code], ["depart", "wrong order", "wrong_state"]);
  assert.deepEqual([held.verb, held.returned], ["arrive", undefined]);
});

test("a step that the office fails at is put aside with word, and the rest goes on", async () => {
  answers = [answer(500)];
  await queue.send(step("depart"));
  await queue.send(step("arrive"));
  await queue.send(step("accept_assignment", "2"));
  await queue.send({ ...step("attach_document"), form: "" });
  assert.deepEqual(verbs(), ["depart", "accept_assignment", "attach_document"]);
  const left = (await queue.waiting()).map(({ verb, returned }) => [verb, returned]);
  assert.deepEqual(left, [["depart", "put aside"], ["arrive", undefined]]);
});

test("what was put aside is sent again as a new step, with the time at which it happened", async () => {
  answers = [answer(500)];
  const first = await queue.send(step("depart"));
  const [aside] = await queue.waiting();
  const second = await queue.send(step("depart"));
  assert.notEqual(first, second);
  assert.deepEqual(sent.map(({ key, happenedAt }) => [key, happenedAt]), [[first, aside.happenedAt], [second, aside.happenedAt]]);
  assert.deepEqual(await queue.waiting(), []);
});

test("a step that is refused without a sentence is put aside, and the rest goes on", async () => {
  for (const [status, words, sentence] of [[400, null, "put aside"], [404, null, "put aside"], [405, null, "put aside"], [422, { code: "odd" }, "put aside"], [413, null, "too large"]]) {
    answers = [answer(status, words)];
    await queue.send(step("depart", `${status}`));
    await queue.send(step("accept_assignment", `${status} other`));
    const left = (await queue.waiting()).map(({ verb, returned }) => [verb, returned]);
    assert.deepEqual(left, [["depart", sentence]], `${status}`);
    await queue.drop((await queue.waiting())[0].id);
  }
});

test("an office that is away is tried again: nothing is put aside", async () => {
  for (const status of [408, 425, 429, 502, 503, 504]) {
    answers = [answer(status)];
    await queue.send(step("depart", `${status}`));
    assert.deepEqual((await queue.waiting()).map(({ returned }) => returned), [undefined]);
    await queue.flush();
    assert.deepEqual(await queue.waiting(), []);
  }
});

test("the same form sent again takes the place of the refused step", async () => {
  answers = [answer(409, { sentence: "wrong order", code: "wrong_state" })];
  await queue.send(step("depart"));
  const key = await queue.send(step("depart"));
  assert.equal(sent[1].key, key);
  assert.deepEqual(await queue.waiting(), []);
});

test("another person's steps are neither shown nor sent", async () => {
  await steps.put({ ...step("depart"), user: "8", key: "k", happenedAt: "2026-01-13T08:00:00Z" });
  await queue.flush();
  assert.deepEqual([sent, await queue.waiting(), (await steps.all()).length], [[], [], 1]);
});

test("a person who is signed out loses nothing", async () => {
  answers = [answer(401)];
  await queue.send(step("depart"));
  assert.deepEqual([queue.isSignedOut(), (await queue.waiting()).length], [true, 1]);
  await queue.flush();
  assert.deepEqual([queue.isSignedOut(), (await queue.waiting()).length], [false, 0]);
});
