// A signature drawn with the finger, kept as strokes until it is sent as a picture.
// The library signature_pad takes a single tap for a signature and keeps points in pixels of the
// screen: on a pad shown at another size than its canvas, turned or reloaded, the ink is elsewhere.
// Here points are shares of the pad, so that they also fit the paper below what was signed.
export class Pad {
  constructor(canvas, draft, onChange = () => {}) {
    this.canvas = canvas;
    this.draft = draft;
    this.onChange = onChange;
    this.strokes = draft.read(canvas.id) || [];
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.end());
    this.paint();
  }

  get empty() {
    return this.strokes.every((stroke) => stroke.length < 2);
  }

  clear() {
    this.strokes = [];
    this.draft.forget(this.canvas.id);
    this.paint();
    this.onChange();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const within = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = [this.place(event)];
    this.strokes.push(this.stroke);
  }

  go(event) {
    if (!this.stroke) return;
    this.stroke.push(this.place(event));
    this.paint();
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.draft.write(this.canvas.id, this.strokes);
    this.onChange();
  }

  paint() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.draw(pen, 0, 0, this.canvas.width, this.canvas.height);
  }

  draw(pen, left, top, width, height) {
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1a1a2e";
    for (const stroke of this.strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], at) => {
        const point = [left + x * width, top + y * height];
        if (at) pen.lineTo(...point);
        else pen.moveTo(...point);
      });
      pen.stroke();
    }
  }
}

// What was signed, written above the signature: the picture says by itself what it is for.
export function signedPaper(lines, pad) {
  const [width, edge, step] = [900, 40, 44];
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const font = '28px "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';
  pen.font = font;
  const wrapped = lines.flatMap((line) => wrap(pen, line, width - 2 * edge));
  canvas.width = width;
  canvas.height = edge * 2 + wrapped.length * step + 340;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = font;
  pen.fillStyle = "#241a15";
  wrapped.forEach((line, at) => pen.fillText(line, edge, edge + 28 + at * step));
  pad.draw(pen, edge, edge + wrapped.length * step, width - 2 * edge, 308);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function wrap(pen, text, width) {
  const lines = [""];
  for (const letter of text) {
    const longer = lines.at(-1) + letter;
    if (letter === "\n") lines.push("");
    else if (pen.measureText(longer).width > width) lines.push(letter);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
