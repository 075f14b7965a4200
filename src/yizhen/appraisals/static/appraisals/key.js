// The ballot's key is made here and shown once, in three shares for three people. Only the public half is posted.
(function () {
  "use strict";
  var make = document.querySelector("[data-make-key]");
  if (!make) return;
  var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  function base32(bytes) {
    var bits = "", text = "";
    bytes.forEach(function (byte) { bits += ("0000000" + byte.toString(2)).slice(-8); });
    for (var i = 0; i < bits.length; i += 5) text += ALPHABET[parseInt((bits.slice(i, i + 5) + "0000").slice(0, 5), 2)];
    return text;
  }
  // SHA-256 for the checksum: crypto.subtle does not exist on plain HTTP, and tweetnacl has only SHA-512.
  function sha256(bytes) {
    var K = [], H = [], n = 2, i, j, prime;
    for (; K.length < 64; n++) {
      prime = true;
      for (j = 2; j * j <= n; j++) if (n % j === 0) { prime = false; break; }
      if (!prime) continue;
      if (H.length < 8) H.push((Math.pow(n, 1 / 2) * 4294967296) | 0);
      K.push((Math.pow(n, 1 / 3) * 4294967296) | 0);
    }
    var length = bytes.length, padded = new Uint8Array(((length + 8 >> 6) + 1) * 64), view = new DataView(padded.buffer);
    padded.set(bytes); padded[length] = 128; view.setUint32(padded.length - 4, length * 8);
    function rotate(x, k) { return (x >>> k) | (x << (32 - k)); }
    for (var at = 0; at < padded.length; at += 64) {
      var w = [];
      for (i = 0; i < 64; i++) {
        w[i] = i < 16 ? view.getInt32(at + i * 4) : (w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3)) + w[i - 7] + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10))) | 0;
      }
      var s = H.slice();
      for (i = 0; i < 64; i++) {
        var t1 = (s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i]) | 0;
        var t2 = ((rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(t1 + t2) | 0, s[0], s[1], s[2], (s[3] + t1) | 0, s[4], s[5], s[6]];
      }
      for (i = 0; i < 8; i++) H[i] = (H[i] + s[i]) | 0;
    }
    var out = new Uint8Array(32), outView = new DataView(out.buffer);
    H.forEach(function (value, index) { outView.setInt32(index * 4, value); });
    return out;
  }
  function ascii(text) { return Uint8Array.from(text.split("").map(function (c) { return c.charCodeAt(0); })); }
  // Shamir over GF(256), as shares.py puts it together again: one random slope a byte, any two of three points.
  function times(a, b) { var product = 0; for (; b; b >>= 1) { if (b & 1) product ^= a; a = (a << 1) ^ (a & 128 ? 0x11b : 0); } return product; }
  function shareOf(secret, slopes, x) { return Array.from(secret, function (byte, at) { return byte ^ times(slopes[at], x); }); }
  function words(share, number, tag) {
    var body = base32([number].concat(share, tag));
    return (body + base32(Array.from(sha256(ascii(body)))).slice(0, 4)).match(/.{4}/g);
  }
  var papers = [], at = 0;
  function one(name) { return document.querySelector("[data-" + name + "]"); }
  function show() {
    one("key-step").textContent = at + 1;
    one("key-text").textContent = papers[at].join(" ");
    one("key-check").value = ""; one("key-wrong").hidden = true; one("key-next").disabled = true;
    one("key-holder").value = ""; one("key-holder").focus();
  }
  make.addEventListener("click", function () {
    var pair = nacl.box.keyPair(), slopes = nacl.randomBytes(32);
    var tag = Array.from(sha256(new Uint8Array(Array.from(ascii("share|")).concat(Array.from(pair.publicKey))))).slice(0, 2);
    papers = [1, 2, 3].map(function (number) { return words(shareOf(pair.secretKey, slopes, number), number, tag); });
    one("public-key").value = Array.from(pair.publicKey, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    pair.secretKey.fill(0); slopes.fill(0);
    document.querySelectorAll("[name=holder]").forEach(function (field) { field.value = ""; });
    at = 0; make.hidden = true; one("key-made").hidden = false; one("key-save").hidden = true; one("key-share").hidden = false;
    show();
  });
  function ready() {
    var last = papers[at][papers[at].length - 1], typed = one("key-check").value.toUpperCase().trim();
    one("key-wrong").hidden = typed === last || typed.length < last.length;
    one("key-next").disabled = typed !== last || !one("key-holder").value.trim();
  }
  one("key-check").addEventListener("input", ready);
  one("key-holder").addEventListener("input", ready);
  one("key-next").addEventListener("click", function () {
    document.querySelectorAll("[name=holder]")[at].value = one("key-holder").value.trim();
    papers[at] = []; at += 1;
    if (at < 3) { show(); return; }
    one("key-share").hidden = true; one("key-save").hidden = false; one("key-text").textContent = "";
    one("key-holders").textContent = Array.from(document.querySelectorAll("[name=holder]"), function (field) { return field.value; }).join(" · ");
  });
})();
