// Opens the page in headless Chromium and looks at it.
//
// Environment: CHROMIUM, the program; PAGE, the page's file.
import { pathToFileURL } from "node:url";

import puppeteer from "puppeteer-core";

/** Nothing here takes so long, in milliseconds, even where many programs share a machine. */
const PATIENCE = 300_000;

export const launch = () =>
  puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    // Chromium's sandbox does not start for root, as which containers run.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    timeout: PATIENCE,
    protocolTimeout: PATIENCE,
  });

/**
 * The page in a tab of its own.
 *
 * @param {object} options width and height of the window, light or dark scheme, and `before`, a
 *   function that the page runs before all else
 * @returns `page`, and `complaints`: what Chromium had to say, and requests for anything else
 */
export async function open(browser, options = {}) {
  const { width = 1280, height = 900, scheme = "light", before = () => {} } = options;
  const url = pathToFileURL(process.env.PAGE).href;
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const inPage = request.url() === url || request.url().startsWith("data:");
    if (!inPage) complaints.push(`request: ${request.url()}`);
  });
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.evaluateOnNewDocument(before);
  await page.goto(url);
  await logged(page, 1);
  return { page, complaints };
}

/** Waits until `count` digits have been logged. */
export const logged = (page, count) =>
  page.waitForFunction(
    (count) => document.querySelector("#log li:last-child")?.value >= count, {}, count);

/** How many digits have been logged. */
export const lines = (page) => page.$eval("#log li:last-child", (line) => line.value);

/** The digit that was logged last: label, and seeds and way of the handwriting. */
export const last = async (page) =>
  digit(await page.$eval("#log li:last-child", (line) => line.textContent));

function digit(line) {
  const [, label, seed, from, to, t] = line.match(
    /^digit (\d+), (?:seed (\d+)|seeds (\d+) to (\d+), (\d+)\/256), [\d.]+ ms here$/,
  );
  return { label: +label, from: +(seed ?? from), to: +(seed ?? to), t: +(t ?? 0) };
}

/**
 * Chooses a radio button by the id of its group and its text. Returns how many digits had been
 * logged by then.
 */
export const choose = (page, group, text) =>
  page.$$eval(
    `#${group} label`,
    (labels, text) => {
      labels.find((label) => label.textContent === text).click();
      return document.querySelector("#log li:last-child").value;
    },
    text,
  );

/** Puts a value into an input. */
export const fill = (page, selector, value) =>
  page.$eval(
    selector,
    (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event("input"));
    },
    `${value}`,
  );

/**
 * What a canvas shows: `rgb`, base64 of red, green and blue of each of its `width` x `height`
 * squares, row by row; and the `digits` that the log tells at that moment, each with its `line`.
 */
export async function look(page, selector, width, height) {
  const { colors, lines } = await page.$eval(
    selector,
    (canvas, width, height) => {
      // The copy's pixel is one from the middle of a square.
      const copy = new OffscreenCanvas(width, height).getContext("2d");
      const [across, down] = [canvas.width / width, canvas.height / height];
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const from = [Math.floor((x + 0.4) * across), Math.floor((y + 0.4) * down)];
          copy.drawImage(canvas, ...from, 1, 1, x, y, 1, 1);
        }
      }
      const lines = [...document.querySelectorAll("#log li")];
      return {
        colors: [...copy.getImageData(0, 0, width, height).data],
        lines: lines.map(({ value, textContent }) => ({ value, textContent })),
      };
    },
    width,
    height,
  );
  const rgb = Buffer.from(colors.filter((_, index) => index % 4 < 3)).toString("base64");
  const digits = lines.map(({ value, textContent }) => ({ line: value, ...digit(textContent) }));
  return { rgb, digits };
}
