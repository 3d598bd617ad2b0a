// Pictures as an OLED shows them: each pixel a square with a dark seam.

/** A canvas that shows a small picture in large pixels, as large as its parent is wide. */
export class Oled {
  #canvas;
  #small = new OffscreenCanvas(1, 1);

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.#paint()).observe(canvas.parentElement);
  }

  /** Shows RGBA bytes, row by row. */
  show(rgba, width, height) {
    const small = this.#small;
    if (small.width !== width || small.height !== height) {
      small.width = width;
      small.height = height;
    }
    const picture = new ImageData(new Uint8ClampedArray(rgba), width, height);
    small.getContext("2d").putImageData(picture, 0, 0);
    this.#paint();
  }

  #paint() {
    const { width, height } = this.#small;
    const canvas = this.#canvas;
    const style = getComputedStyle(canvas.parentElement);
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const room = (canvas.parentElement.clientWidth - padding) * devicePixelRatio;
    // Whole device pixels, so that all squares are equal.
    const side = Math.max(1, Math.floor(room / width));
    if (canvas.width !== width * side || canvas.height !== height * side) {
      canvas.width = width * side;
      canvas.height = height * side;
    }
    canvas.style.width = `${canvas.width / devicePixelRatio}px`;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#small, 0, 0, canvas.width, canvas.height);
    if (side >= 3) {
      context.fillStyle = seams(context, side);
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
  }
}

/** RGBA bytes of ink: 0 black, 255 white. */
export function rgbaOfInk(ink) {
  const rgba = new Uint8ClampedArray(4 * ink.length);
  ink.forEach((level, index) => rgba.set([level, level, level, 255], 4 * index));
  return rgba;
}

/** A pattern of the seams at the right and bottom edge of squares. */
function seams(context, side) {
  const tile = new OffscreenCanvas(side, side);
  const pen = tile.getContext("2d");
  const thick = Math.max(1, Math.round(side / 8));
  pen.fillStyle = "rgb(0 0 0 / 70%)";
  pen.fillRect(side - thick, 0, thick, side);
  pen.fillRect(0, side - thick, side - thick, thick);
  return context.createPattern(tile, "repeat");
}
