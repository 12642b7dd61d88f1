// Looks at the pages that make.py made, in a real Chromium: `node tests/html/browser.mjs FOLDER`.
//
// PLAYWRIGHT is the folder of playwright-core, CHROMIUM the program. Pictures of the pages are left in FOLDER.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const { chromium } = createRequire(join(resolve(process.env.PLAYWRIGHT), "x.js"))("playwright-core");
const address = (page) => pathToFileURL(join(folder, page)).href;
// No sandbox: as root Chromium has none, and the pages are ours.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });

/** Opens a page, and fails where it asks the network for something or its policy is broken. */
async function open(name, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("console", (message) => assert.notEqual(message.type(), "error", `${name}: ${message.text()}`));
    page.on("pageerror", (error) => assert.fail(`${name}: ${error}`));
    page.on("request", (request) => assert.ok(request.url().startsWith("file:"), request.url()));
    await page.goto(address(name));
    return page;
}

/** What it costs until something is on the screen, in milliseconds of the page's thread, whatever else the machine does. */
async function cost(page, client, act) {
    const spent = async () => {
        const { metrics } = await client.send("Performance.getMetrics");
        return 1000 * metrics.find((metric) => metric.name === "TaskDuration").value;
    };
    const before = await spent();
    await page.evaluate(async (act) => {
        new Function(act)();
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }, act);
    return await spent() - before;
}

const visible = (page, selector) => page.locator(selector).filter({ visible: true }).count();
const panel = (page) => page.locator("#evidence");
const chip = (page, group, text) =>
    page.locator("fieldset", { has: page.locator("legend", { hasText: new RegExp(`^${group}$`) }) })
        .locator("label", { hasText: text }).first().locator("input");

async function speed(name) {
    const page = await open(name);
    const client = await page.context().newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    const first = await page.evaluate(() => new Promise((done) => {
        const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
        if (seen()) done(seen().startTime);
        else new PerformanceObserver(() => seen() && done(seen().startTime)).observe({ type: "paint", buffered: true });
    }));
    const rows = await page.locator(".grid tbody tr").count();
    const cells = await page.locator(".grid tbody td a").count();
    const click = (selector) => `document.querySelector('${selector}').click();`;
    const type = (text) => `const box = document.querySelector('[name="text"]'); box.value = "${text}";
        box.dispatchEvent(new Event("input", { bubbles: true }));`;
    const times = { python: [], square: [], text: [], reset: [] };
    for (let turn = 0; turn < 5; turn++) {
        times.python.push(await cost(page, client, click('[name="python"]')));
        times.square.push(await cost(page, client, click('[name="mark"]')));
        times.text.push(await cost(page, client, type("1")));
        times.reset.push(await cost(page, client, click('[type="reset"]')));
    }
    for (const what of Object.keys(times)) times[what] = Math.min(...times[what]);
    const size = Math.round(statSync(join(folder, name)).size / 1024);
    const shown = Object.entries(times).map(([what, ms]) => `${what} ${Math.round(ms)} ms`).join(", ");
    console.log(`${name}: ${size} KiB, ${rows} rows, ${cells} squares; first paint after ${Math.round(first)} ms; filters: ${shown} of processor time`);
    assert.ok(first < 10000, "first paint");
    for (const [what, ms] of Object.entries(times)) assert.ok(ms < 1000, `${what}: ${ms} ms`);
    await page.context().close();
}

async function clicks() {
    const page = await open("audit.html");
    assert.equal(await panel(page).isVisible(), false);
    await page.locator("td.broken a").first().click();
    assert.ok(await panel(page).isVisible());
    assert.match(await panel(page).innerText(), /_new in CPython 3\.9[^]*PyType_Freeze[^]*abi3-version-too-low/);
    await page.keyboard.press("Escape");
    assert.equal(await panel(page).isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.closest("td").className), "broken");
    await page.locator("td.kept a").first().click();
    assert.doesNotMatch(await panel(page).innerText(), /abi3-version-too-low/);
    await panel(page).getByRole("link").click();
    assert.equal(await panel(page).isVisible(), false);
    await page.context().close();
}

async function keyboard() {
    const page = await open("matrix.html");
    const place = () => page.evaluate(() => {
        const cell = document.activeElement.closest("td, th");
        return cell && cell.parentElement.rowIndex !== undefined ? [cell.parentElement.sectionRowIndex, cell.cellIndex] : null;
    });
    await page.locator(".scroll").focus();
    await page.keyboard.press("Tab");
    const [row, column] = await place();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    assert.deepEqual(await place(), [row + 1, column + 1]);
    await page.keyboard.press("Enter");
    assert.ok(await panel(page).isVisible());
    const first = await panel(page).locator("h2").innerText();
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await panel(page).locator("h2").innerText(), first, "the panel follows");
    await page.keyboard.press("Control+End");
    assert.equal((await place())[0], (await page.locator(".grid tbody tr").count()) - 1);
    await page.keyboard.press("Control+Home");
    assert.deepEqual(await place(), [0, 1]);
    const link = page.url();
    assert.match(link, /#c0-0$/);
    await page.keyboard.press("Escape");
    // From the table one Tab leads out of it.
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".grid")), null);
    await page.goto("about:blank");
    await page.goto(link);
    assert.ok(await panel(page).isVisible(), "a link to a square opens it");
    await page.context().close();
}

async function filters() {
    const page = await open("matrix.html");
    const [rows, heads] = [await visible(page, ".grid tbody tr"), await visible(page, ".grid .heads th")];
    const blocks = await page.locator(".grid .titles th").count();
    await page.locator('[name="python"]').first().check({ force: true });
    assert.equal(await visible(page, ".grid .heads th"), 1 + blocks);
    await chip(page, "How", /^import$/).check({ force: true });
    assert.equal(await visible(page, ".grid .heads th"), 2);
    await page.getByRole("button", { name: "Reset" }).click();
    assert.equal(await visible(page, ".grid .heads th"), heads);
    await chip(page, "Verdict", "promise broken").check({ force: true });
    assert.equal(await visible(page, ".grid tbody tr"), 1);
    assert.match(await page.locator("#filters output").innerText(), new RegExp(`^1 of ${rows} modules$`));
    // What a module puts into a message is text.
    await page.locator("td.broken a").click();
    assert.match(await panel(page).innerText(), /<b>PyType_Freeze<\/b>/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Reset" }).click();
    const family = await page.locator('[name="tag"] option').nth(1).getAttribute("value");
    await page.locator('[name="tag"]').selectOption(family);
    const some = await visible(page, ".grid tbody tr");
    assert.ok(some > 0 && some < rows);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("searchbox").fill("no such module");
    assert.equal(await visible(page, ".grid tbody tr"), 0);
    await page.context().close();

    const many = await open("many.html");
    const all = await visible(many, "main details[data-n]");
    await many.locator('[name="tag"]').selectOption("abi3-version-too-low");
    const liars = await visible(many, ".grid tbody tr");
    assert.ok(liars > 0 && liars < 100);
    assert.equal(await visible(many, "main details[data-n]"), liars, "evidence follows the table");
    await chip(many, "Verdict", /^works$/).check({ force: true });
    assert.equal(await visible(many, ".grid tbody tr"), 0);
    await many.getByRole("button", { name: "Reset" }).click();
    assert.equal(await visible(many, "main details[data-n]"), all);
    await many.getByRole("searchbox").fill("package_99");
    assert.equal(await visible(many, ".grid tbody tr"), 11);
    await many.context().close();
}

async function without_scripts() {
    for (const name of ["audit.html", "matrix.html"]) {
        const page = await open(name, { javaScriptEnabled: false });
        assert.equal(await page.locator("#filters").isVisible(), false);
        assert.ok(await page.locator(".legend").isVisible());
        assert.ok((await page.locator(".grid tbody td a").count()) > 10);
        await page.locator("td.broken a").first().click();
        const target = new URL(page.url()).hash;
        assert.ok(await page.locator(target).isVisible(), `${target} is open`);
        await page.context().close();
    }
}

async function for_screen_readers() {
    const page = await open("audit.html");
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    assert.ok((await page.getByRole("columnheader").count()) > 5);
    assert.equal(await page.getByRole("rowheader").count(), await page.locator(".grid tbody tr").count());
    assert.ok((await page.getByRole("link", { name: /promised, but fails to load/ }).count()) > 0);
    assert.ok(await page.getByRole("grid").isVisible());
    await page.context().close();
}

async function pictures() {
    const shots = [[1440, "light"], [1440, "dark"], [820, "light"], [390, "dark"]];
    for (const name of ["audit", "many", "matrix"]) {
        for (const [width, colorScheme] of shots) {
            const page = await open(`${name}.html`, { viewport: { width, height: 900 }, colorScheme });
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(overflow <= 0, `${name} at ${width}: ${overflow} pixels too wide`);
            await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
            if (width === 1440 && colorScheme === "light") {
                await page.locator("td.broken a").first().click();
                await page.screenshot({ path: join(folder, `${name}-open.png`) });
            }
            await page.context().close();
        }
    }
    for (const colorScheme of ["light", "dark"]) {
        const page = await open("matrix.svg", { colorScheme });
        await page.screenshot({ path: join(folder, `svg-${colorScheme}.png`) });
        await page.context().close();
    }
}

for (const check of [clicks, keyboard, filters, without_scripts, for_screen_readers, pictures]) {
    await check();
    console.log(`ok ${check.name}`);
}
for (const name of ["audit.html", "many.html", "matrix.html"]) await speed(name);
await browser.close();
