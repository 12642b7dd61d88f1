// The filters, the keyboard, and the panel with the evidence of one square. All that it shows is in the page.
"use strict";
(() => {
    const form = document.getElementById("filters");
    const grid = document.querySelector("table.grid");
    if (!form || !grid) return;
    document.documentElement.classList.add("js");
    form.parentElement.hidden = false;
    form.parentElement.open = matchMedia("(min-width: 50rem)").matches;

    const rows = [...grid.tBodies[0].rows];
    const heads = [...grid.querySelectorAll(".heads th")].slice(1);
    const columns = heads.map((head) => ({ python: head.dataset.p, block: head.dataset.b, head }));
    const titles = [...grid.querySelectorAll(".titles th")];
    const items = [...document.querySelectorAll("details[data-n]")];
    const rowOf = new Map(rows.map((row) => [row.dataset.to, row]));
    const output = form.querySelector("output");
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [sheet];

    // What of the page passes the filters.

    function wanted() {
        const data = new FormData(form);
        return {
            text: data.get("text").trim().toLowerCase(),
            tag: data.get("tag") || "",
            pythons: new Set(data.getAll("python")),
            hows: new Set(data.getAll("how")),
            verdicts: new Set(data.getAll("verdict")),
            marks: new Set(data.getAll("mark")),
        };
    }

    function matches(element, want) {
        const { n, v, r } = element.dataset;
        return (!want.text || n.toLowerCase().includes(want.text))
            && (!want.tag || (r || "").includes("|" + want.tag + "|"))
            && (!want.verdicts.size || want.verdicts.has(v));
    }

    function filter() {
        const want = wanted();
        const shown = columns.map((column) => (!want.pythons.size || want.pythons.has(column.python))
            && (!want.hows.size || want.hows.has(column.block)));
        const rules = [];
        shown.forEach((is, at) => {
            if (!is) rules.push(`.grid :is(.heads, tbody tr) > :nth-child(${at + 2}) { display: none; }`);
        });
        if (want.marks.size) {
            const kinds = [...want.marks].map((mark) => `[data-k="${mark}"]`).join(", ");
            rules.push(`.grid td:not(${kinds}) { opacity: 0.22; }`);
            mark();
        }
        sheet.replaceSync(rules.join("\n"));
        titles.forEach((title, block) => {
            const span = columns.filter((column, at) => shown[at] && column.block === String(block)).length;
            title.hidden = span === 0;
            title.colSpan = span || 1;
        });
        let number = 0;
        for (const row of rows) {
            const marks = row.dataset.m;
            const has = !want.marks.size || shown.some((is, at) => is && want.marks.has(marks[at]));
            row.hidden = !(has && matches(row, want));
            number += row.hidden ? 0 : 1;
        }
        for (const item of items) {
            const row = rowOf.get(item.dataset.id);
            if (row && row.dataset.i !== undefined) continue;
            item.hidden = row ? row.hidden : !matches(item, want);
        }
        output.textContent = number === rows.length
            ? `${number} ${grid.dataset.thing}${number === 1 ? "" : "s"}`
            : `${number} of ${rows.length} ${grid.dataset.thing}${rows.length === 1 ? "" : "s"}`;
        roam();
    }

    // The kind of each square, for the style sheet; only when somebody asks for it.
    let marked = false;
    function mark() {
        if (marked) return;
        marked = true;
        for (const row of rows) {
            const marks = row.dataset.m;
            for (let at = 0; at < columns.length; at++) row.cells[at + 1].dataset.k = marks[at];
        }
    }

    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());

    // One square can be reached with the Tab key, and the arrow keys lead from it to the others.

    let stop = null;
    for (const link of grid.querySelectorAll("tbody a")) link.tabIndex = -1;
    grid.setAttribute("role", "grid");

    function roam(link) {
        if (link === undefined) {
            if (stop && stop.offsetParent) return;
            const row = rows.find((row) => !row.hidden);
            link = row && [...row.querySelectorAll("td a")].find((link) => link.offsetParent);
        }
        if (stop) stop.tabIndex = -1;
        stop = link || null;
        if (stop) stop.tabIndex = 0;
    }

    function step(cell, down, right) {
        if (right) {
            let next = cell;
            do next = right > 0 ? next.nextElementSibling : next.previousElementSibling;
            while (next && (!next.firstElementChild || !next.offsetParent));
            return next;
        }
        const visible = rows.filter((row) => !row.hidden);
        const at = visible.indexOf(cell.parentElement) + down;
        const row = visible[Math.max(0, Math.min(visible.length - 1, at))];
        return row && row.cells[cell.cellIndex];
    }

    function edge(cell, last) {
        const cells = [...cell.parentElement.cells].filter((other) => other.tagName === "TD" && other.firstElementChild && other.offsetParent);
        return last ? cells.at(-1) : cells[0];
    }

    grid.addEventListener("keydown", (event) => {
        const cell = event.target.closest("td, tbody th");
        if (!cell || event.altKey || event.metaKey) return;
        let next = null;
        switch (event.key) {
        case "ArrowUp": next = step(cell, -1, 0); break;
        case "ArrowDown": next = step(cell, 1, 0); break;
        case "ArrowLeft": next = step(cell, 0, -1); break;
        case "ArrowRight": next = step(cell, 0, 1); break;
        case "PageUp": next = step(cell, -10, 0); break;
        case "PageDown": next = step(cell, 10, 0); break;
        case "Home": next = event.ctrlKey ? edge(step(cell, -rows.length, 0), false) : edge(cell, false); break;
        case "End": next = event.ctrlKey ? edge(step(cell, rows.length, 0), true) : edge(cell, true); break;
        default: return;
        }
        event.preventDefault();
        const link = next && next.querySelector("a");
        if (!link) return;
        roam(link);
        link.focus();
        link.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
        if (!panel.hidden && next.tagName === "TD") open(next);
    });

    // The panel.

    const panel = document.getElementById("evidence");
    const title = panel.querySelector("h2");
    const content = panel.querySelector("div");
    let current = null;

    function line(tag, text, className) {
        const element = document.createElement(tag);
        element.textContent = text;
        if (className) element.className = className;
        return element;
    }

    function open(cell) {
        const row = cell.parentElement;
        const column = cell.cellIndex - 1;
        const link = cell.querySelector("a");
        const block = titles[columns[column].block];
        title.textContent = `${row.dataset.n} in ${columns[column].python}`;
        const says = [link.getAttribute("aria-label")];
        if (block) says.push(block.textContent);
        if (cell.dataset.ms) says.push(`${cell.dataset.ms} ms`);
        const nodes = [line("p", says.join(", "), "says")];
        const evidence = document.getElementById(link.getAttribute("href").slice(1));
        if (evidence) {
            const parts = [...evidence.querySelectorAll("[data-c]")];
            const has = (list, item) => list === undefined || list.split(" ").includes(String(item));
            const mine = parts.filter((part) => has(part.dataset.c, column)
                && (row.dataset.i === undefined || has(part.dataset.i, row.dataset.i)));
            for (const part of parts.length ? mine : [...evidence.children]) {
                const copy = part.cloneNode(true);
                copy.removeAttribute("id");
                nodes.push(copy);
            }
        }
        const all = line("a", `Everything about ${row.dataset.n}`);
        all.href = "#" + row.dataset.to;
        all.addEventListener("click", () => { reveal(row.dataset.to); close(false); });
        nodes.push(document.createElement("p"));
        nodes.at(-1).append(all);
        content.replaceChildren(...nodes);
        panel.hidden = false;
        panel.scrollTop = 0;
        if (current) current.removeAttribute("aria-current");
        current = link;
        current.setAttribute("aria-current", "true");
        roam(link);
        history.replaceState(null, "", `#c${row.sectionRowIndex}-${column}`);
    }

    function close(back) {
        if (panel.hidden) return;
        panel.hidden = true;
        if (current) {
            current.removeAttribute("aria-current");
            if (back) current.focus();
        }
        current = null;
    }

    function reveal(id) {
        const details = document.getElementById(id)?.closest("details");
        if (details) { details.hidden = false; details.open = true; }
    }

    grid.addEventListener("click", (event) => {
        const cell = event.target.closest("td");
        if (cell && cell.querySelector("a")) {
            event.preventDefault();
            open(cell);
            cell.querySelector("a").focus({ preventScroll: true });
            return;
        }
        const link = event.target.closest("tbody th a");
        if (link) reveal(link.getAttribute("href").slice(1));
    });
    panel.querySelector("button").addEventListener("click", () => close(true));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(true); });

    // A link to a square, as the address bar has it.
    const place = /^#c(\d+)-(\d+)$/.exec(location.hash);
    const cell = place && rows[place[1]]?.cells[Number(place[2]) + 1];
    filter();
    if (cell && cell.querySelector("a")) {
        open(cell);
        cell.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    }
})();
