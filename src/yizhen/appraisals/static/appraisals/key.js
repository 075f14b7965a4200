// The key holder's key is made here and shown once, for paper. Only the public half is posted.
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
  var last = "";
  make.addEventListener("click", function () {
    var pair = nacl.box.keyPair(), body = base32(Array.from(pair.secretKey));
    body += base32(Array.from(sha256(ascii(body)))).slice(0, 2);
    var groups = body.match(/.{1,4}/g);
    last = groups[groups.length - 1];
    document.querySelector("[data-key-text]").textContent = groups.join("-");
    document.querySelector("[data-public-key]").value = Array.from(pair.publicKey, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    document.querySelector("[data-key-made]").hidden = false;
    document.querySelector("[data-key-save]").disabled = true;
    document.querySelector("[data-key-check]").value = "";
  });
  document.querySelector("[data-key-check]").addEventListener("input", function (event) {
    var right = event.target.value.toUpperCase().trim() === last;
    document.querySelector("[data-key-save]").disabled = !right;
    document.querySelector("[data-key-wrong]").hidden = right || event.target.value.length < last.length;
  });
})();
