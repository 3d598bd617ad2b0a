// What the page's controls do.
//
// Environment, besides that of chromium.mjs: MODEL, another model; SCRATCH, a folder for files.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { choose, fill, last, launch, lines, logged, look, open } from "./chromium.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A test of the page that also fails if Chromium complains of anything. */
function pageTest(name, body, options) {
  test(name, async () => {
    const { page, complaints } = await open(browser, options);
    await body(page);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());
const shown = (page, selector) => page.$eval(selector, (element) => !element.hidden);
const pixels = (page, selector) => page.$eval(selector, (canvas) => canvas.toDataURL());

/** Runs `act` and waits until the log has another digit, which is returned. */
async function next(page, act) {
  const before = await lines(page);
  await act();
  await logged(page, before + 1);
  return last(page);
}

/** Chooses a mode and waits until it has drawn a digit, which is returned. */
async function mode(page, name) {
  await logged(page, (await choose(page, "modes", name)) + 1);
  return last(page);
}

/** Brings a file of these bytes to the page by its button. */
async function upload(page, name, bytes) {
  const path = join(process.env.SCRATCH, name);
  await writeFile(path, bytes);
  await (await page.$("#file")).uploadFile(path);
}

pageTest("every mode can be chosen and says what its buttons do", async (page) => {
  const said = new Set();
  for (const name of ["Morph", "Ask", "Handwriting", "Clock", "Gallery"]) {
    await mode(page, name);
    const about = await text(page, "#about-mode");
    assert.ok(about.length > 10 && !said.has(about), about);
    said.add(about);
    const label = await page.$eval("#display", (display) => display.ariaLabel);
    assert.ok(label.includes(name) && label.includes(await text(page, "#action")), label);
    assert.equal(await shown(page, "#ask"), ["Ask", "Morph"].includes(name));
  }
});

pageTest("buttons ask for digits", async (page) => {
  const first = await mode(page, "Ask");
  assert.equal(first.label, 0);
  assert.equal((await next(page, () => page.click("#next"))).label, 1);
  assert.equal((await next(page, () => page.click("#previous"))).label, 0);
  const six = await next(page, () => page.click("#ask button:nth-child(7)"));
  assert.equal(six.label, 6);
  const another = await next(page, () => page.click("#action"));
  assert.equal(another.label, 6);
  assert.notEqual(another.from, six.from);
  const touched = await next(page, () => page.click("#display"));
  assert.equal(touched.label, 6);
  assert.notEqual(touched.from, another.from);
});

pageTest("the display takes keys", async (page) => {
  await page.focus("#display");
  for (const name of ["Morph", "Ask"]) {
    await page.keyboard.press("m");
    await page.waitForFunction((name) => document.getElementById("display").ariaLabel.includes(name), {}, name);
  }
  const checked = await page.$eval("#modes input:checked + span", (label) => label.textContent);
  assert.equal(checked, "Ask");
  assert.equal((await next(page, () => page.keyboard.press("5"))).label, 5);
  assert.equal((await next(page, () => page.keyboard.press("ArrowRight"))).label, 6);
  assert.equal((await next(page, () => page.keyboard.press("ArrowLeft"))).label, 5);
  assert.equal((await next(page, () => page.keyboard.press("Enter"))).label, 5);
});

pageTest("a morph is held and goes on", async (page) => {
  await choose(page, "modes", "Morph");
  const moved = await page.waitForFunction(() => /256/.test(document.getElementById("log").textContent));
  assert.ok(moved);
  await next(page, () => page.click("#action"));
  await page.waitForFunction(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const end = () => document.querySelector("#log li:last-child");
    const held = end();
    for (let frames = 0; frames < 10; frames += 1) await frame();
    return end() === held;
  });
  const held = await last(page);
  const on = await next(page, () => page.click("#action"));
  assert.notDeepEqual(on, held);
});

pageTest("the clock is set by the buttons", async (page) => {
  await mode(page, "Clock");
  await logged(page, 12);
  const before = await pixels(page, "#screen");
  await next(page, () => page.click("#action"));
  await next(page, () => page.click("#next"));
  await next(page, () => page.click("#action"));
  await page.click("#action");
  await page.waitForFunction(
    (before) => document.getElementById("screen").toDataURL() !== before, {}, before);
});

pageTest("another display shows the same mode in other colours", async (page) => {
  await mode(page, "Handwriting");
  const colors = async () => {
    const { rgb } = await look(page, "#screen", 128, 64);
    const bytes = [...Buffer.from(rgb, "base64")];
    const levels = [0, 1, 2].map((channel) => new Set(bytes.filter((_, index) => index % 3 === channel)));
    return { grey: levels[0].size === levels[2].size, levels: levels[0].size };
  };
  const settle = async (color) => {
    await page.$eval("#log li", (line) => (line.id = "old"));
    await choose(page, "colors", color);
    await page.waitForFunction(() => !document.getElementById("old"));
    // A page of the gallery comes before the mode that was chosen.
    await page.waitForFunction(
      () => new Set([...document.querySelectorAll("#log li")].slice(-10)
        .map((line) => line.textContent.split(",")[1])).size === 1
        && document.querySelectorAll("#log li").length >= 10);
  };
  await settle("1 bit");
  const mono = await colors();
  await settle("Colour");
  const color = await colors();
  assert.ok(mono.grey && !color.grey && mono.levels < color.levels, JSON.stringify([mono, color]));
  assert.equal(await page.$eval("#modes input:checked + span", (label) => label.textContent), "Handwriting");
});

pageTest("digit and seed choose the picture, by mouse and by keyboard", async (page) => {
  const seven = await pixels(page, "#picture");
  assert.equal(await text(page, "#caption"), "A 7 of seed 42");
  await page.focus("#labels input:checked");
  await page.keyboard.press("ArrowRight");
  assert.equal(await text(page, "#caption"), "A 8 of seed 42");
  await page.click("#labels label:nth-of-type(8)");
  assert.ok((await pixels(page, "#picture")) === seven);
  await page.click("#seed", { count: 3 });
  await page.keyboard.type("4294967295");
  assert.equal(await text(page, "#caption"), "A 7 of seed 4294967295");
  assert.match(await text(page, "#command"), /--digit 7 --seed 4294967295 --count 1$/);
  assert.notEqual(await pixels(page, "#picture"), seven);
  await page.keyboard.press("Enter");
  assert.equal(await text(page, "#caption"), "A 7 of seed 4294967295");
  await page.click("#random");
  const random = await page.$eval("#seed", (input) => input.value);
  assert.match(random, /^\d+$/);
  assert.equal(await text(page, "#caption"), `A 7 of seed ${random}`);
});

pageTest("what is not a seed is said so, and the picture stays", async (page) => {
  const before = await pixels(page, "#picture");
  for (const seed of ["", "-1", "4294967296", "1e3", "0x2a", "seven"]) {
    await fill(page, "#seed", seed);
    assert.ok(await shown(page, "#seed-error"), seed);
    assert.match(await text(page, "#seed-error"), /from 0 to 4294967295/);
    assert.equal(await page.$eval("#seed", (input) => input.ariaInvalid), "true");
    assert.ok((await pixels(page, "#picture")) === before, seed);
  }
  await fill(page, "#seed", "42");
  assert.ok(!(await shown(page, "#seed-error")));
  assert.equal(await page.$eval("#seed", (input) => input.ariaInvalid), "false");
});

pageTest("the pad is dragged, and moved by arrows", async (page) => {
  const corner = await pixels(page, "#picture");
  await page.$eval("#map", (map) => map.scrollIntoView());
  const box = await (await page.$("#map")).boundingBox();
  const at = (right, down) => [box.x + right * box.width, box.y + down * box.height];
  await page.mouse.move(...at(0.5, 0.5));
  await page.mouse.down();
  assert.match(await text(page, "#caption"), /between seeds 42 to 45: 50 % right, 50 % down/);
  assert.ok(!(await shown(page, "#same")), "no seed draws this");
  await page.mouse.move(...at(2, 0));
  await page.mouse.up();
  assert.equal(await text(page, "#caption"), "A 7 of seed 43");
  assert.match(await text(page, "#command"), /--seed 43 --count 1$/);
  await page.mouse.move(...at(0.5, 0.5));
  assert.equal(await text(page, "#caption"), "A 7 of seed 43");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  assert.match(await text(page, "#caption"), /97 % right, 3 % down/);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.$eval("#right", (input) => input.focus());
  await page.keyboard.press("Home");
  assert.equal(await text(page, "#caption"), "A 7 of seed 42");
  assert.ok((await pixels(page, "#picture")) === corner);
});

pageTest("another model is used, and the built-in one again", async (page) => {
  const built_in = await pixels(page, "#picture");
  const facts = await text(page, "#facts");
  assert.match(facts, /Cortex-M0[\d,]+/);
  assert.match(await text(page, "#counted"), /for this very file/);
  const bytes = await readFile(process.env.MODEL);
  await upload(page, "mine.bin", bytes);
  await page.waitForFunction(() => /mine\.bin/.test(document.getElementById("model-status").textContent));
  const other = await text(page, "#facts");
  assert.match(other, new RegExp(`Flash${bytes.length.toLocaleString("en-US")} bytes`));
  assert.match(other, /Cortex-M0about [\d,]+/);
  assert.match(await text(page, "#counted"), /most similar/);
  assert.match(await text(page, "#command"), /^trainer sample mine\.bin/);
  assert.equal(await page.$$eval("#layers tr", (rows) => rows.length), 3);
  assert.notEqual(await pixels(page, "#picture"), built_in);
  await page.click("#built-in");
  await page.waitForFunction(() => /built in/.test(document.getElementById("model-status").textContent));
  assert.equal(await text(page, "#facts"), facts);
  assert.ok((await pixels(page, "#picture")) === built_in);
});

pageTest("a file that is dropped anywhere is used", async (page) => {
  const bytes = await readFile(process.env.MODEL);
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "dropped.bin"));
    document.querySelector("h1").dispatchEvent(
      new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  }, bytes.toString("base64"));
  await page.waitForFunction(() => /dropped\.bin/.test(document.getElementById("model-status").textContent));
});

pageTest("a file that is no good is refused in words, and nothing else changes", async (page) => {
  const model = await readFile(process.env.MODEL);
  const damaged = Buffer.from(model);
  damaged[damaged.length >> 1] ^= 1;
  const newer = Buffer.from(model);
  newer[4] = 9;
  const before = await pixels(page, "#picture");
  for (const [name, bytes, reason] of [
    ["letter.txt", Buffer.from("Dear reader"), /letter\.txt: not a model file \(it does not start with PGAN\)/],
    ["damaged.bin", damaged, /damaged\.bin: the model file is cut or damaged \(wrong checksum\)/],
    ["cut.bin", model.subarray(0, 1000), /cut\.bin: the model file is cut or damaged/],
    ["newer.bin", newer, /newer\.bin: the model file has format version 9, this program reads version 1/],
    ["empty.bin", Buffer.alloc(0), /empty\.bin: the file is empty/],
  ]) {
    await upload(page, name, bytes);
    await page.waitForFunction(
      (name) => document.getElementById("model-error").textContent.startsWith(name), {}, name);
    assert.ok(await shown(page, "#model-error"));
    assert.match(await text(page, "#model-error"), reason);
    assert.match(await text(page, "#model-status"), /built in/);
    assert.ok((await pixels(page, "#picture")) === before, name);
  }
  await mode(page, "Ask");
  await upload(page, "good.bin", model);
  await page.waitForFunction(() => document.getElementById("model-error").hidden);
});

for (const scheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    pageTest(
      `nobody is shut out: ${scheme}, ${width} pixels wide`,
      async (page) => {
        await mode(page, "Ask");
        await page.click("summary");
        const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
        await page.addScriptTag({ path: axe });
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${overflow} pixels too wide`);
        const small = await page.$$eval("button, .choice span, .digits span, .button", (keys) =>
          keys.map((key) => [key.textContent, key.getBoundingClientRect()])
            .filter(([, { width, height }]) => width > 0 && Math.min(width, height) < 43.9)
            .map(([text]) => text));
        assert.deepEqual(small, [], "too small for a finger");
      },
      { scheme, width, height: 800 },
    );
  }
}

test("a browser that cannot start the firmware says so", async () => {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    WebAssembly.compile = () => Promise.reject(new Error("no WebAssembly here"));
  });
  const { pathToFileURL } = await import("node:url");
  await page.goto(pathToFileURL(process.env.PAGE).href);
  await page.waitForFunction(() => !document.getElementById("failure").hidden);
  assert.match(await text(page, "#failure"), /no WebAssembly here. Reload the page/);
  await page.close();
});
