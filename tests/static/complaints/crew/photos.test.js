// Photos are judged by their first bytes and made small, or sent as they are.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { open, run } from "../../page.js";

const JPEG = [0xff, 0xd8, 0xff, 0xe0];
const PNG = [0x89, 0x50, 0x4e, 0x47];
let size;
let canvases;

beforeEach(async () => {
  await open("", { notPhoto: "no photo", large: "too large" });
  canvases = [];
  const canvas = globalThis.window.HTMLCanvasElement.prototype;
  canvas.getContext = function () {
    canvases.push(this);
    return { drawImage() {} };
  };
  canvas.toBlob = (done, kind) => done(kind);
  globalThis.createImageBitmap = async () => size;
});
const file = (bytes, name, length = bytes.length) => {
  const photo = new File([new Uint8Array(bytes)], name);
  Object.defineProperty(photo, "size", { value: length });
  return photo;
};

test("a large picture is shrunk to 1600 and becomes JPEG", async () => {
  size = { width: 4000, height: 3000 };
  const { shrink } = await run("complaints/crew/photos.js");
  assert.deepEqual(await shrink(file(PNG, "阀门.png")), { blob: "image/jpeg", name: "阀门.jpg" });
  assert.deepEqual([canvases[0].width, canvases[0].height], [1600, 1200]);
});

test("a small picture keeps its size", async () => {
  size = { width: 40, height: 30 };
  const { shrink } = await run("complaints/crew/photos.js");
  await shrink(file(JPEG, "a.jpg"));
  assert.deepEqual([canvases[0].width, canvases[0].height], [40, 30]);
});

test("what is no photo is refused whatever its name", async () => {
  const { shrink } = await run("complaints/crew/photos.js");
  await assert.rejects(shrink(file([0x4d, 0x5a, 0x90, 0], "program.jpg")), { message: "no photo" });
  await assert.rejects(shrink(file([], "empty.png")), { message: "no photo" });
});

test("what the phone cannot draw goes as it is, up to 20 MB", async () => {
  globalThis.createImageBitmap = async () => { throw new Error("torn"); };
  const { shrink } = await run("complaints/crew/photos.js");
  const torn = file(PNG, "torn.png", 20 * 1024 * 1024);
  assert.deepEqual(await shrink(torn), { blob: torn, name: "torn.png" });
  await assert.rejects(shrink(file(JPEG, "large.jpg", 20 * 1024 * 1024 + 1)), { message: "too large" });
});
