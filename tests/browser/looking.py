"""What can be told of a page by looking: overlaps, sizes, angles."""

OVERLAPS = """() => {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest('.unseen, option, script, noscript')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 1 && box.height > 1) boxes.push({ node, box });
    }
  }
  const found = [];
  for (const [i, a] of boxes.entries()) {
    const off = a.box.left < -0.5 || a.box.right > innerWidth + 0.5;
    const scrolls = a.node.parentElement.closest('.scroll');
    if (off && !scrolls) found.push('off the page: ' + a.node.textContent);
    for (const b of boxes.slice(i + 1)) {
      if (a.node === b.node) continue;
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      // Boxes of lines are higher than their letters: a quarter of a line may be shared.
      if (wide > 1 && high > 0.25 * Math.min(a.box.height, b.box.height)) {
        found.push(a.node.textContent.trim() + ' | ' + b.node.textContent.trim());
      }
    }
  }
  return found;
}"""
"""Texts that lie on one another or beside the page."""

SMALL_TEXTS = """(least) => {
  const small = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const unseen = element.closest('.unseen, option, script, noscript, kbd');
    if (!own || unseen || !element.checkVisibility()) continue;
    const svg = element.closest('svg');
    const scale = svg ? svg.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < least) small.push(element.textContent.trim());
  }
  return small;
}"""
"""Texts whose letters are smaller than some pixels."""

CUT_OFF = """() => [...document.body.querySelectorAll('h1,h2,h3,p,span,b,button,a,li,th,td,label')]
  .filter((e) => e.checkVisibility() && !e.closest('.unseen'))
  .filter((e) => getComputedStyle(e).display !== 'inline')
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
  .map((e) => e.textContent.trim())"""
"""Elements that are too narrow for what they say."""

NEEDLE = """(side) => {
  const line = document.querySelector(`.leg.${side} .dial:not(.absent) .needle-line`);
  const matrix = line.getScreenCTM();
  const at = (x, y) => new DOMPoint(x, y).matrixTransform(matrix);
  const hub = at(line.x1.baseVal.value, line.y1.baseVal.value);
  const tip = at(line.x2.baseVal.value, line.y2.baseVal.value);
  return [tip.x - hub.x, tip.y - hub.y];
}"""
"""From the hub of a dial to the tip of its needle on the screen, y downward."""
