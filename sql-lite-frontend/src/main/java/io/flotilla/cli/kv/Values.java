package io.flotilla.cli.kv;

import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.term.JsonText;
import java.util.Base64;
import java.util.Optional;

/// Keys and values as properties of JSON: a value that is UTF-8 text as `value`, any other as
/// `valueBase64`; one that is not there as null.
final class Values {
  private Values() {}

  static JsonText.Properties json(byte[] key, Optional<byte[]> value) {
    JsonText.Properties object = JsonText.object().with("key", KeyText.of(key));
    if (value.isEmpty()) {
      return object.with("value", null);
    }
    Optional<String> text = KeyText.utf8(value.get());
    return text.isPresent()
        ? object.with("value", text.get())
        : object.with("valueBase64", Base64.getEncoder().encodeToString(value.get()));
  }
}
