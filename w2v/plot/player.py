"""Animations that a page plays by itself: no library, no network, no video."""

import html
import json
import re

import numpy as np

# Colours of roles, on white and on the dark: the page may be either.
_COLORS = {
    "center": ("#0072B2", "#6CB8EE"),
    "outside": ("#B36B00", "#F0B050"),
    "negative": ("#C0392B", "#FF8A7A"),
    "step": ("#007A59", "#4FD1A5"),
    "ink": ("#1f2328", "#e6e6e6"),
    "faint": ("#5c6670", "#a3abb4"),
}

_STYLE = """
#ID {MARGIN}
#ID svg {width: 100%; height: auto; max-height: 34rem; display: block; font: 14px sans-serif}
#ID .w2v-player-controls {display: flex; flex-wrap: wrap; gap: .5rem; align-items: center}
#ID .w2v-player-controls label {display: flex; flex: 1 1 10rem; gap: .5rem; align-items: center}
#ID .w2v-player-controls input {flex: 1; min-width: 4rem; min-height: 24px}
#ID .w2v-player-controls button {font: inherit; padding: .3rem .8rem; min-height: 32px}
#ID output {display: block; min-height: 3em; margin-top: .4rem}
#ID figcaption {color: inherit; font: inherit; text-align: left}
.text_html:has(> #ID) {background: none !important; color: inherit !important}
@media print {#ID .w2v-player-controls {display: none}}
"""

_SCRIPT = """
(() => {
  const player = document.getElementById("ID");
  if (!player || player.dataset.ready) return;
  player.dataset.ready = "yes";
  const {moves, captions, still} = JSON.parse(player.querySelector("script").textContent);
  const parts = player.querySelectorAll("svg [data-part]");
  const slider = player.querySelector("input"), said = player.querySelector("output");
  const [play, back, next] = player.querySelectorAll("button");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const last = captions.length - 1;
  let timer = null, drawing = 0;

  const put = (from, to, share) => moves.forEach(([part, name, values]) => {
    const a = values[from], b = values[to];
    const value = typeof b === "number" ? a + (b - a) * share : b;
    if (name === "text") parts[part].textContent = value;
    else parts[part].setAttribute(name, value);
  });
  const show = (to) => {
    const from = Number(player.dataset.frame), start = performance.now(), mine = ++drawing;
    player.dataset.frame = to;
    slider.value = to;
    said.textContent = captions[to];
    slider.setAttribute("aria-valuetext", captions[to]);
    if (calm.matches || from === to) return put(to, to, 1);
    const draw = (now) => {
      if (mine !== drawing) return;  // another frame was asked for meanwhile
      const share = Math.min(1, (now - start) / 400);
      put(from, to, share);
      if (share < 1) requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    said.setAttribute("aria-live", "polite");
  };
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    play.textContent = "Pause";
    said.setAttribute("aria-live", "off");  // a running commentary would never end
    if (Number(player.dataset.frame) === last) show(0);
    timer = setInterval(() => {
      const to = Number(player.dataset.frame) + 1;
      show(to);
      if (to === last) stop();
    }, 1000);
  });
  const move = (to) => { stop(); show(Math.max(0, Math.min(last, to))); };
  back.addEventListener("click", () => move(Number(player.dataset.frame) - 1));
  next.addEventListener("click", () => move(Number(player.dataset.frame) + 1));
  slider.addEventListener("input", () => move(Number(slider.value)));
  addEventListener("beforeprint", () => { stop(); show(still); put(still, still, 1); });
  player.querySelector(".w2v-player-controls").hidden = false;
})();
"""


class Player:
    """A drawing whose parts move from frame to frame, with controls for hand and keyboard.

    A notebook shows it as HTML with an inline SVG: text in the page's font and colour, on
    a light and on a dark page. Without a script, and in print, it is the still. Nothing
    moves until the reader presses *Play*; who prefers reduced motion sees the frames
    one after another without anything gliding between them.

    Parameters
    ----------
    name : str
        Unique on its page; letters, digits and hyphens.
    label : str
        What the drawing shows and what happens in it, for those who do not see it.
    caption : str
        Stands below, as under every figure.
    captions : sequence of str
        What is to be seen in each frame; their number is the number of frames.
    width, height : float
        Of the drawing, in the units of its coordinates. As text has 14 units, a width of
        600 suits a page, and is still readable on a phone.
    still : int
        The frame that is shown first, and in print; by default the last one.

    Raises
    ------
    ValueError
        If the name is none, or there are fewer than two frames.

    Examples
    --------
    >>> player = Player("ball", "A ball rises.", "A ball.", ["below", "above"], 100, 100)
    >>> player.add("circle", cx=50, cy=[90, 10], r=5, fill="var(--center)")
    >>> player.add("text", ["low", "high"], x=60, y=50)
    >>> player
    <Player 'ball': 2 frames>
    """

    def __init__(self, name, label, caption, captions, width, height, still=-1):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ValueError(
                f"`name` must consist of small letters, digits and hyphens, but is {name!r}"
            )
        if len(captions) < 2:
            raise ValueError(f"`captions` must name two frames or more, but has {len(captions)}")
        self.name, self.label, self.caption = name, label, caption
        self.captions = list(captions)
        self.size = width, height
        self.still = range(len(captions))[still]
        self._parts, self._moves = [], []

    def __repr__(self):
        """Say what it is, without an address: outputs are compared."""
        return f"<Player {self.name!r}: {len(self.captions)} frames>"

    def add(self, tag, text="", **attributes):
        """Add a part of the drawing; what comes later lies on top.

        Parameters
        ----------
        tag : str
            An element of SVG: ``"circle"``, ``"line"``, ``"rect"``, ``"path"``, ``"text"``.
        text : str, or sequence of str with one for each frame
        **attributes
            Those of the element, with ``_`` for ``-`` (``text_anchor``) and ``class_`` for
            ``class``. A number or str holds for all frames; a sequence has a value for each.
            Numbers are rounded to one decimal. Colours follow the theme as ``var(--center)``,
            ``var(--outside)``, ``var(--negative)``, ``var(--step)``, ``var(--ink)`` and
            ``var(--faint)``.

        Raises
        ------
        ValueError
            If a sequence has another length than there are frames.
        """
        part = len(self._parts)
        words = []
        for name, values in {"text": text, **attributes}.items():
            name = name.rstrip("_").replace("_", "-")
            fixed = isinstance(values, str) or np.ndim(values) == 0
            values = [values] * len(self.captions) if fixed else list(values)
            if len(values) != len(self.captions):
                raise ValueError(
                    f"`{name}` of a {tag} has {len(values)} values for {len(self.captions)} frames"
                )
            values = [value if isinstance(value, str) else _short(value) for value in values]
            if any(value != values[0] for value in values):
                self._moves.append([part, name, values])
            if name == "text":
                shown = html.escape(values[self.still])
            else:
                words.append(f'{name}="{html.escape(str(values[self.still]))}"')
        self._parts.append(f"<{tag} data-part {' '.join(words)}>{shown}</{tag}>")

    def _repr_html_(self):
        identity = f"w2v-player-{self.name}"
        light, dark = (
            "; ".join(f"--{role}: {pair[shade]}" for role, pair in _COLORS.items())
            for shade in (0, 1)
        )
        style = _STYLE.replace("{MARGIN}", f"{{margin: 1rem 0; {light}}}")
        dark_page = 'html[data-theme="dark"] #ID, body[data-jp-theme-light="false"] #ID'
        style += f"@media not print {{{dark_page} {{{dark}}}}}"
        data = {"moves": self._moves, "captions": self.captions, "still": self.still}
        # "</" would end the script early.
        data = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
        label = html.escape(self.label)
        frame = html.escape(self.captions[self.still])
        last = len(self.captions) - 1
        return f"""<figure class="w2v-player" id="{identity}" data-frame="{self.still}">
<style>{style.replace("#ID", "#" + identity)}</style>
<svg viewBox="0 0 {self.size[0]} {self.size[1]}" role="img" aria-label="{label}" \
fill="var(--ink)">
{chr(10).join(self._parts)}
</svg>
<div class="w2v-player-controls" role="group" aria-label="Animation" hidden>
<button type="button">Play</button>
<button type="button">Back</button>
<button type="button">Next</button>
<label>Step <input type="range" min="0" max="{last}" value="{self.still}" \
aria-valuetext="{frame}"></label>
</div>
<output aria-live="polite">{frame}</output>
<figcaption>{html.escape(self.caption)}</figcaption>
<script type="application/json">{data}</script>
<script>{_SCRIPT.replace("ID", identity, 1)}</script>
</figure>"""


def _short(value):
    value = round(float(value), 1)
    return int(value) if value == int(value) else value
