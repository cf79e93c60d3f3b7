/* Replays a recorded run at its own pace, over the transcript that stands there.
   Nothing starts by itself. Who prefers reduced motion gets steps, no playing. */
"use strict";
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  for (const run of document.querySelectorAll(".book-run")) {
    const $ = (name) => run.querySelector(name);
    const controls = $(".book-controls"), play = $(".book-play"), speedButton = $(".book-speed");
    const slider = $("input"), shown = $(".book-now"), drawing = $(".book-timeline"), line = $(".now");
    const wall = +run.dataset.wall;
    const unit = shown.textContent.split(" ")[1];
    const digits = shown.textContent.split(" ")[0].split(".")[1].length;
    const left = +drawing.dataset.left, width = +drawing.dataset.right - left;
    const timed = [...run.querySelectorAll("[data-time]")];
    const box = $(".book-console"), lines = [...box.querySelectorAll("li")];
    const times = lines.map((li) => +li.dataset.time);
    const speeds = controls.dataset.speeds.split(" ").map(Number);
    let now = wall, speed = 0, last = null;

    const show = (time) => {
      now = Math.min(wall, Math.max(0, time));
      run.classList.toggle("replaying", now < wall);
      line.setAttribute("transform", `translate(${(now / wall) * width} 0)`);
      for (const one of timed) one.classList.toggle("later", +one.dataset.time > now);
      // Of a long transcript the newest line stays in sight.
      const newest = lines.filter((li) => +li.dataset.time <= now).pop();
      if (now < wall) box.scrollTop = newest ? newest.offsetTop + newest.offsetHeight - box.clientHeight + 12 : 0;
      shown.textContent = `${(unit === "ms" ? now * 1e3 : now).toFixed(digits)} ${unit}`;
      slider.value = now;
      slider.setAttribute("aria-valuetext", shown.textContent);
    };
    const label = (playing) => {
      play.textContent = playing ? "Pause" : "Play";
      play.classList.toggle("playing", playing);
    };
    const pause = () => { last = null; label(false); };
    const frame = (at) => {
      if (last === null) return;
      show(now + ((at - last) / 1e3) * speeds[speed]);
      last = at;
      if (now < wall) requestAnimationFrame(frame); else pause();
    };

    play.addEventListener("click", () => {
      if (last !== null) return pause();
      if (now >= wall) show(0);
      label(true);
      last = performance.now();
      requestAnimationFrame(frame);
    });
    $(".book-step").addEventListener("click", () => {
      pause();
      if (now >= wall) return show(times.length ? Math.min(times[0], wall * 0.999999) : 0);
      show(times.find((time) => time > now) ?? wall);
    });
    speedButton.addEventListener("click", () => {
      speed = (speed + 1) % speeds.length;
      speedButton.textContent = `Speed ${speeds[speed]}×`;
    });
    slider.addEventListener("input", () => { pause(); show(+slider.value); });

    play.hidden = speedButton.hidden = still;
    controls.hidden = false;
  }
})();
