#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Look at a page of "obpblctl report" with a real browser, as people do.

    browser.py PAGE [FOLDER]

PAGE is shown in light and dark, at the width of a phone and of a desk. Each time:
nothing is wider than the window, nothing is asked of any network, nothing is said
on the console, and all text is legible (a contrast of 4.5, WCAG 2.1). With FOLDER
pictures are left there. The browser is spoken to by its pipe (Chrome DevTools
Protocol: fd 3 and 4, a NUL behind each message).
"""
import base64
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SIZES = {"phone": (390, 844), "desk": (1280, 900)}
CONTRAST = 4.5

# The text of the page against the first background behind it that is not clear,
# and what sticks out; all details are opened first.
LOOK = """(() => {
  document.querySelectorAll('details').forEach(one => one.open = true);
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const channel = c => (c /= 255) <= .03928 ? c / 12.92 :
      ((c + .055) / 1.055) ** 2.4;
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) +
      .0722 * channel(c[2]);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const c = rgb(getComputedStyle(one).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [], wide = [], seen = {texts: 0, bars: 0};
  const width = document.documentElement.clientWidth;
  for (const one of document.body.querySelectorAll('*')) {
    const own = [...one.childNodes].some(node => node.nodeType === 3 &&
        node.data.trim());
    if (one.matches('rect')) seen.bars++;
    if (own && !one.matches('title, desc')) {
      const svg = one.closest('svg'), style = getComputedStyle(one);
      const a = light(rgb(svg ? style.fill : style.color));
      const b = light(behind(svg ? svg.parentElement : one));
      const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      seen.texts++;
      if (contrast < %f)
        faint.push(one.textContent.trim().slice(0, 40) + ' ' +
            contrast.toFixed(1));
    }
    if (one.getBoundingClientRect().right > width + 1 &&
        !one.closest('.scroll'))
      wide.push(one.tagName + ' ' + one.textContent.trim().slice(0, 40));
  }
  return {faint, wide, seen, window: innerWidth,
      page: document.documentElement.scrollWidth,
      body: getComputedStyle(document.body).backgroundColor};
})()""" % CONTRAST


class Browser:
    def __init__(self, home):
        commands, self.to = os.pipe()
        self.answers, answers = os.pipe()
        # Its ends go to 3 and 4, wherever pipe() has put them.
        self.process = subprocess.Popen(
            ["sh", "-c", f"exec \"$@\" 3<&{commands} 4>&{answers}", "sh",
             "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={home}", "--remote-debugging-pipe"],
            pass_fds=(commands, answers), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.rest, self.events, self.session = b"", [], None
        self.numbers = itertools.count(1)

    def message(self):
        while b"\0" not in self.rest:
            got = os.read(self.answers, 65536)
            if not got:
                sys.exit("not ok - the browser has ended")
            self.rest += got
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **params):
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == number:
                if "error" in message:
                    sys.exit(f"not ok - {method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, event):
        while not any(one.get("method") == event for one in self.events):
            self.events.append(self.message())

    def open(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in "Page", "Network", "Log", "Runtime":
            self.call(domain + ".enable")

    def show(self, url, size, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=size[0],
                  height=size[1], deviceScaleFactor=1, mobile=size[0] < 500)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def picture(self, path):
        data = self.call("Page.captureScreenshot")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def look(self):
        return self.call("Runtime.evaluate", expression=LOOK,
                         returnByValue=True)["result"]["value"]

    def end(self):
        self.call("Page.disable")
        self.process.terminate()
        self.process.wait()


def check(name, bad):
    bad = list(bad)
    print(f"{'not ok' if bad else 'ok'} - {name}")
    for one in bad[:5]:
        print(f"#   {one}")
    return not bad


def check_page(browser, url, name, saw):
    requests = [one["params"]["request"]["url"] for one in browser.events
                if one.get("method") == "Network.requestWillBeSent"]
    said = [json.dumps(one["params"])[:200] for one in browser.events
            if one.get("method") in ("Log.entryAdded",
                                     "Runtime.consoleAPICalled",
                                     "Runtime.exceptionThrown")]
    return [
        check(f"{name}: nothing is asked of a network",
              (one for one in requests if one != url)),
        check(f"{name}: the console is silent", said),
        check(f"{name}: no wider than the window", saw["wide"] or (
            [f"{saw['page']} of {saw['window']}"]
            if saw["page"] > saw["window"] else [])),
        check(f"{name}: text is legible", saw["faint"]),
        check(f"{name}: there is something to see",
              [] if saw["seen"]["texts"] > 50 and saw["seen"]["bars"] > 10
              else [saw["seen"]]),
    ]


def main():
    url = pathlib.Path(sys.argv[1]).resolve().as_uri()
    folder = sys.argv[2] if len(sys.argv) > 2 else None
    good, colours = [], {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(home)
        browser.open()
        for size, scheme in itertools.product(SIZES, ("light", "dark")):
            browser.show(url, SIZES[size], scheme)
            if folder:
                browser.picture(f"{folder}/{size}-{scheme}.png")
            saw = browser.look()
            colours[scheme] = saw["body"]
            good += check_page(browser, url, f"{size}, {scheme}", saw)
        good.append(check("dark is another page than light",
                          [] if colours["light"] != colours["dark"] else
                          [colours]))
        browser.end()
    return 0 if all(good) else 1


sys.exit(main())
