// Drives a Chromium for compat-tests/browser: a JSON command a line on standard input, its JSON answer a line on standard output.
// No requests are intercepted: Playwright would answer the preflights of intercepted ones itself.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const { executable, profile, flags } = JSON.parse(process.argv[2]);
const PATIENCE_MS = 30_000;

const context = await chromium.launchPersistentContext(profile, { executablePath: executable, headless: true, args: flags, viewport: { width: 1200, height: 1000 } });
const page = context.pages()[0] ?? (await context.newPage());
page.setDefaultTimeout(PATIENCE_MS);

let calls = [];
let alerts = [];
let messages = [];
page.on("dialog", async (dialog) => { alerts.push(dialog.message()); await dialog.accept(); });
page.on("console", (message) => messages.push(message.text()));
page.on("pageerror", (error) => messages.push(String(error)));

// The browser's own record of the network, since it knows preflights too.
const network = await context.newCDPSession(page);
await network.send("Network.enable");
network.on("Network.requestWillBeSent", ({ request }) => {
    if (["POST", "OPTIONS"].includes(request.method)) {
        calls.push({ method: request.method, url: request.url, headers: request.headers, body: request.postData ?? null });
    }
});

const until = async (condition, what) => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await page.waitForTimeout(50)) {
        if (await condition()) return;
    }
    throw new Error(`not within ${PATIENCE_MS} ms: ${what}; console: ${messages.join(" | ")}`);
};
const taken = (list) => list.splice(0);
const visible = (id) => page.locator(`#${id}`).isVisible();

const commands = {
    open: async ({ url }) => { await page.goto(url, { waitUntil: "load" }); return { title: await page.title(), url: page.url() }; },
    // Signed in when the form for sending shows; refused when the page alerts.
    logIn: async ({ user, password }) => {
        await page.fill("#userName", user);
        await page.fill("#password", password);
        await page.click("#btnLogin");
        await until(async () => alerts.length > 0 || (await visible("kinesisInfo")), "a login or an alert");
        return { alerts: taken(alerts) };
    },
    choices: async () => {
        await until(() => page.locator("#btnCreateData").isEnabled(), "a stream to choose");
        const texts = (selector) => page.locator(selector).evaluateAll((options) => options.map((option) => option.value));
        return { regions: await texts("#region option"), streams: await texts("#streamName option"), region: await page.inputValue("#region") };
    },
    region: async ({ to }) => { await page.selectOption("#region", to); return {}; },
    send: async ({ to, rate, template, seconds, picture }) => {
        await page.selectOption("#streamName", to);
        await page.fill("#putRate", String(rate));
        if (await page.locator("#recordTemplate").count()) await page.fill("#recordTemplate", template);
        await page.click("#btnCreateData");
        const message = page.locator("#recordsSentMessage");
        await until(async () => Number.parseInt(await message.textContent(), 10) >= rate * seconds, "records sent");
        const text = await message.textContent();
        if (picture) await page.screenshot({ path: picture });
        await page.click("#btnCancelSendData");
        return { text, alerts: taken(alerts) };
    },
    click: async ({ on }) => { await page.click(on); return {}; },
    // The texts of all places, once one of them has the text that is waited for.
    texts: async ({ of, until: wanted }) => {
        const all = () => page.locator(of).allInnerTexts();
        await until(async () => (await all()).some((text) => text.includes(wanted)), `${JSON.stringify(wanted)} in ${of}: ${JSON.stringify(await all())}`);
        return { texts: await all() };
    },
    logOut: async () => { await page.click("#logoutLink"); return {}; },
    calls: async () => ({ calls: taken(calls), console: taken(messages) }),
    picture: async ({ path }) => { await page.screenshot({ path }); return {}; },
};

for await (const line of createInterface({ input: process.stdin })) {
    const { name, ...given } = JSON.parse(line);
    const answer = await commands[name](given).catch((error) => ({ error: `${error.message}; alerts: ${alerts.join(" | ")}; console: ${messages.join(" | ")}` }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await context.close();
