// Photos made small enough for a bad line. What they are is judged by their first bytes.
const LARGEST_SIDE = 1600;
const MOST_BYTES = 20 * 1024 * 1024;
const page = document.body.dataset;

export async function shrink(file) {
  const begins = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const jpeg = begins[0] === 0xff && begins[1] === 0xd8 && begins[2] === 0xff;
  const png = begins[0] === 0x89 && begins[1] === 0x50 && begins[2] === 0x4e && begins[3] === 0x47;
  if (!jpeg && !png) throw new Error(page.notPhoto);
  const name = file.name.replace(/\.[^.]*$/, "") || "photo";
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    if (file.size > MOST_BYTES) throw new Error(page.large);
    return { blob: file, name: `${name}.${jpeg ? "jpg" : "png"}` };
  }
  const share = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return { blob, name: `${name}.jpg` };
}

// A small picture drawn on a canvas: the page's policy shows no images from the phone's memory.
export async function thumbnail(blob) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 144;
  try {
    const picture = await createImageBitmap(blob);
    const share = Math.max(144 / picture.width, 144 / picture.height);
    const [width, height] = [picture.width * share, picture.height * share];
    canvas.getContext("2d").drawImage(picture, (144 - width) / 2, (144 - height) / 2, width, height);
  } catch {
    // Nothing to be seen of it; it is sent all the same.
  }
  return canvas;
}
