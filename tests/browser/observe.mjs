// Looks at what the page shows and prints it as JSON, for a test that knows what it should show.
//
// `boards`: for displays and modes the `digits` that the log tells, and `rgb`, the display.
// `pictures`: single digits in `rgb`, and the map of handwritings in `map`. All pixels are base64
// of three bytes each, row by row.
import { choose, fill, launch, logged, look, open } from "./chromium.mjs";

const browser = await launch();

/** What the board shows once it has drawn `count` digits in a mode. The clock stands at 0:35. */
async function board([color, mode, count]) {
  const { page } = await open(browser, {
    before: () => {
      Date.prototype.getHours = () => 0;
      Date.prototype.getMinutes = () => 35;
    },
  });
  if (color !== "16 greys") await recolor(page, color);
  // What is logged until another mode is chosen is the gallery's.
  const before = mode === "Gallery" ? 0 : await choose(page, "modes", mode);
  await logged(page, before + count);
  const { rgb, digits } = await look(page, "#screen", 128, 64);
  await page.close();
  return { color, mode, rgb, digits: digits.filter(({ line }) => line > before) };
}

/** Chooses a display and waits until the log begins anew. */
async function recolor(page, color) {
  await page.$eval("#log li", (line) => (line.id = "old"));
  await choose(page, "colors", color);
  await page.waitForFunction(() => !document.getElementById("old"));
  await logged(page, 1);
}

/** The digit of a seed and a label, with the handle on one of the corners, or between them. */
async function picture(page, [seed, label, right, down]) {
  await fill(page, "#seed", seed);
  await choose(page, "labels", `${label}`);
  await fill(page, "#right", right);
  await fill(page, "#down", down);
  const { rgb } = await look(page, "#picture", 28, 28);
  const map = await look(page, "#map", 7 * 28, 7 * 28);
  return { seed, label, right, down, rgb, map: map.rgb };
}

const boards = [];
for (const wanted of [
  ["16 greys", "Gallery", 8],
  ["16 greys", "Morph", 5],
  ["16 greys", "Ask", 1],
  ["16 greys", "Handwriting", 10],
  ["16 greys", "Clock", 4],
  ["1 bit", "Ask", 1],
  ["Colour", "Ask", 1],
]) {
  boards.push(await board(wanted));
}
const { page } = await open(browser);
const pictures = [];
for (const wanted of [
  [42, 7, 0, 0],
  [0, 0, 256, 0],
  [4294967295, 9, 256, 256],
  [1, 3, 88, 200],
]) {
  pictures.push(await picture(page, wanted));
}
await browser.close();
console.log(JSON.stringify({ boards, pictures }));
