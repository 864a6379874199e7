// A person: a browser of their own, a network of their own, and what they do in the application.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, type Page, chromium, expect } from "@playwright/test";
import { Network } from "./network.ts";
import type { Countersign } from "./server.ts";

const CHROMIUM = process.env.END2END_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Looks {
  locale?: "zh-CN" | "en";
  colorScheme?: "light" | "dark";
  viewport?: { width: number; height: number };
  /** A port that stands for the server's in this person's network. */
  through?: number | undefined;
}

export class Person {
  /** What the page complained about; a test that ends with some has failed. */
  readonly complaints: string[] = [];

  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly network: Network,
    private readonly cdp: CDPSession,
    private readonly profile: string,
  ) {}

  static async arrive(name: string, server: Countersign, looks: Looks = {}): Promise<Person> {
    const network = await Network.to(looks.through ?? server.port);
    const profile = mkdtempSync(join(tmpdir(), "countersign-browser-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: [
        ...FLAGS,
        // The address stays the server's, so origin and cookies are the real ones.
        `--host-resolver-rules=MAP localhost:${server.port} 127.0.0.1:${network.port}`,
      ],
      baseURL: server.url,
      locale: looks.locale ?? "zh-CN",
      colorScheme: looks.colorScheme ?? "light",
      viewport: looks.viewport ?? { width: 1440, height: 900 },
      reducedMotion: "reduce",
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const cdp = await context.newCDPSession(page);
    const person = new Person(name, context, page, network, cdp, profile);
    page.on("pageerror", (error) => person.complaints.push(`${name}: ${error}`));
    page.on("console", (message) => {
      // A cut network and a page that is meant to be missing are the tests' own doing.
      const expected =
        /net::ERR_|WebSocket connection|when fetching the script/.test(message.text()) ||
        (/Failed to load resource/.test(message.text()) && !message.location().url.includes("/assets/"));
      if (message.type() === "error" && !expected) person.complaints.push(`${name}: ${message.text()}`);
    });
    return person;
  }

  async leave(): Promise<void> {
    await this.context.close();
    await this.network.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** The cable out: open sockets die, new ones fail, and the browser knows that it is offline. */
  async goOffline(): Promise<void> {
    await this.context.setOffline(true);
    this.network.cut();
  }

  async comeBack(): Promise<void> {
    this.network.mend();
    await this.context.setOffline(false);
  }

  /** Types on the keyboard, one key after the other, where the caret is. */
  async type(text: string): Promise<void> {
    for (const character of text) await this.page.keyboard.type(character);
  }

  /** Shows each spelling as an input method does, without deciding. */
  async compose(spellings: string[]): Promise<void> {
    for (const text of spellings) {
      await this.cdp.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    }
  }

  /** Chooses what the input method offers; the composition ends. */
  async choose(text: string): Promise<void> {
    await this.cdp.send("Input.insertText", { text });
  }

  /** One word through an input method, from the first letter to the choice. */
  async composeWord(spelling: string, word: string): Promise<void> {
    const steps = [...spelling].map((_, at) => spelling.slice(0, at + 1));
    await this.compose(steps);
    await this.choose(word);
  }

  expectNoComplaints(): void {
    expect(this.complaints, "what the page complained about").toEqual([]);
  }
}
