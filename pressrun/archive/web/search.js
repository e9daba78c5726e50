"use strict";
(() => {
  const PAGE = 30, AHEAD = 4;
  const [form, list, status, more] = ["form", "results", "status", "more"].map((id) => document.getElementById(id));
  const field = (name) => form.elements.namedItem(name);
  const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(UNSEEN, "");
  const wordsIn = (text) => [...fold(text).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted?.trim() || plain).filter(Boolean);
  let run = 0;

  const read = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.text();
  };

  /* The months to read, newest first, each with the papers that have editions in it. */
  const monthsOf = (index, asked) => {
    const months = new Map();
    for (const paper of index.papers) {
      if (asked.paper && paper.name !== asked.paper) continue;
      for (const { year, months: numbers } of paper.years) {
        for (const number of numbers) {
          const month = `${String(year).padStart(4, "0")}-${String(number).padStart(2, "0")}`;
          if (asked.from && month < asked.from.slice(0, 7)) continue;
          if (asked.to && month > asked.to.slice(0, 7)) continue;
          months.set(month, [...(months.get(month) ?? []), paper]);
        }
      }
    }
    return [...months].sort(([a], [b]) => (a < b ? 1 : -1));
  };

  /* The editions of a month, newest first; a month that cannot be read has none. */
  const daysOf = async (month, papers, words) => {
    // What JSON writes otherwise than it is cannot be looked for before it is taken apart.
    const plain = words.filter((word) => JSON.stringify(word) === `"${word}"`);
    const of = async (paper) => {
      const text = await read(`${paper.name}/${month}.json`).catch(() => "");
      const folded = fold(text);
      if (!text || !plain.every((word) => folded.includes(word))) return [];
      try {
        return JSON.parse(text).days.map((day) => ({ ...day, paper }));
      } catch {
        return [];
      }
    };
    const days = (await Promise.all(papers.map(of))).flat();
    return days.sort((a, b) => (a.edition_date < b.edition_date ? 1 : -1));
  };

  async function* found(asked) {
    const months = monthsOf(JSON.parse(await read("index.json")), asked);
    const reading = [];
    for (let at = 0; at < months.length; at++) {
      while (reading.length <= at + AHEAD && reading.length < months.length) reading.push(daysOf(...months[reading.length], asked.words));
      const days = await reading[at];
      reading[at] = null;
      for (const day of days) {
        if ((asked.from && day.edition_date < asked.from) || (asked.to && day.edition_date > asked.to)) continue;
        for (const story of day.stories) {
          const text = fold([story.title, story.summary, ...story.keywords].join("\n"));
          if (asked.words.every((word) => text.includes(word))) yield { day, story };
        }
      }
      yield null;
    }
  }

  /* Puts *text* into *element*, with the words marked where they stand. */
  const mark = (element, text, words) => {
    const characters = [...text];
    let folded = "";
    const origin = [];
    characters.forEach((character, at) => {
      const plain = fold(character);
      folded += plain;
      for (let i = 0; i < plain.length; i++) origin.push(at);
    });
    const marked = new Set();
    for (const word of words) {
      for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
        for (let i = at; i < at + word.length; i++) marked.add(origin[i]);
      }
    }
    for (let at = 0, end; at < characters.length; at = end) {
      end = at + 1;
      while (end < characters.length && marked.has(end) === marked.has(at)) end++;
      const piece = characters.slice(at, end).join("");
      if (marked.has(at)) element.appendChild(document.createElement("mark")).textContent = piece;
      else element.append(piece);
    }
  };

  const show = ({ day, story }, words) => {
    const item = list.appendChild(document.createElement("li"));
    item.lang = { "zh-CN": "zh-Hans", "zh-TW": "zh-Hant-TW" }[day.paper.frame] ?? "en";
    const when = item.appendChild(document.createElement("p"));
    when.className = "when";
    const time = when.appendChild(document.createElement("time"));
    time.dateTime = time.textContent = day.edition_date;
    when.append(` ${day.paper.title}`);
    const link = item.appendChild(document.createElement("h2")).appendChild(document.createElement("a"));
    link.href = `${day.paper.name}/${day.edition_date}/${day.page}${day.page === "index.html" ? `#${story.anchor}` : ""}`;
    mark(link, story.title, words);
    mark(item.appendChild(document.createElement("p")), story.summary, words);
  };

  const search = async () => {
    const mine = ++run;
    const asked = { words: wordsIn(field("q").value) };
    for (const name of ["paper", "from", "to"]) asked[name] = field(name).value;
    list.replaceChildren();
    more.hidden = true;
    status.textContent = "";
    if (!asked.words.length) return;
    const stories = found(asked);
    let count = 0;
    const next = async () => {
      more.hidden = true;
      for (const wanted = count + PAGE; count < wanted; ) {
        status.textContent = `${form.dataset.searching} ${count || ""}`;
        const { done, value } = await stories.next();
        if (mine !== run) return;
        if (done) {
          status.textContent = count ? form.dataset.found.replace("{count}", count) : form.dataset.none;
          return;
        }
        if (value) show(value, asked.words, count++);
      }
      status.textContent = form.dataset.found.replace("{count}", `${count}+`);
      more.hidden = false;
    };
    const say = () => { if (mine === run) status.textContent = form.dataset.unreachable; };
    more.onclick = () => next().catch(say);
    await next().catch(say);
  };

  const restore = () => {
    const given = new URLSearchParams(location.search);
    for (const name of ["q", "paper", "from", "to"]) field(name).value = given.get(name) ?? "";
    search();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.pushState(null, "", asked.size ? `?${asked}` : location.pathname);
    search();
  });
  addEventListener("popstate", restore);
  restore();
})();
