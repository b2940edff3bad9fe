package io.flotilla.cli.shell;

import io.flotilla.engine.Limits;
import io.flotilla.keyspace.Key;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Keys as people type and read them: UTF-8 text, any other byte as `\xNN`, a backslash as `\\`.
public final class KeyText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private KeyText() {}

  /// The bytes that `text` means.
  ///
  /// @throws IllegalArgumentException if a backslash begins nothing known
  public static byte[] parse(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == '\\') {
        at += escape(text, at, bytes);
      } else {
        int codePoint = text.codePointAt(at);
        bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(codePoint);
      }
    }
    return bytes.toByteArray();
  }

  // Writes the byte of the escape at `at`; returns how many characters it took.
  private static int escape(String text, int at, ByteArrayOutputStream bytes) {
    if (text.startsWith("\\\\", at)) {
      bytes.write('\\');
      return 2;
    }
    int digitsEnd = at + 4;
    if (text.startsWith("\\x", at)
        && digitsEnd <= text.length()
        && HexFormat.isHexDigit(text.charAt(at + 2))
        && HexFormat.isHexDigit(text.charAt(at + 3))) {
      bytes.write(HexFormat.fromHexDigits(text, at + 2, digitsEnd));
      return 4;
    }
    throw new IllegalArgumentException(
        "'" + text + "' has a backslash that begins neither \\xNN nor \\\\");
  }

  /// The text that [#parse] turns into `bytes` again.
  public static String of(byte[] bytes) {
    Optional<String> whole = utf8(bytes);
    if (whole.isPresent() && whole.get().codePoints().allMatch(KeyText::isPlain)) {
      return whole.get();
    }
    StringBuilder text = new StringBuilder();
    if (whole.isPresent()) {
      whole.get().codePoints().forEach(codePoint -> appendCodePoint(text, codePoint));
      return text.toString();
    }
    for (byte b : bytes) {
      appendCodePoint(text, b >= 0 ? b : -1, b);
    }
    return text.toString();
  }

  public static String of(Key key) {
    return of(key.bytes());
  }

  /// The bytes as text, if they are UTF-8.
  public static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static void appendCodePoint(StringBuilder text, int codePoint) {
    if (codePoint == '\\') {
      text.append("\\\\");
    } else if (isPlain(codePoint)) {
      text.appendCodePoint(codePoint);
    } else {
      for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
        text.append("\\x").append(HEX.toHexDigits(b));
      }
    }
  }

  private static void appendCodePoint(StringBuilder text, int codePoint, byte b) {
    if (codePoint < 0) {
      text.append("\\x").append(HEX.toHexDigits(b));
    } else {
      appendCodePoint(text, codePoint);
    }
  }

  private static boolean isPlain(int codePoint) {
    return codePoint != '\\'
        && switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  /// Lets picocli read a key; refuses an empty one and one over the limit.
  public static final class Converter implements ITypeConverter<Key> {
    @Override
    public Key convert(String value) {
      Key key = new AnyConverter().convert(value);
      if (key.isEmpty()) {
        throw new TypeConversionException("the key is empty: a key has at least one byte");
      }
      return key;
    }
  }

  /// Lets picocli read a bound of keys, which may be empty.
  public static final class AnyConverter implements ITypeConverter<Key> {
    @Override
    public Key convert(String value) {
      byte[] bytes;
      try {
        bytes = parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
      if (bytes.length > Limits.KEY_BYTES_MAX) {
        throw new TypeConversionException(
            "the key has %,d bytes; the limit is %,d"
                .formatted(bytes.length, Limits.KEY_BYTES_MAX));
      }
      return Key.of(bytes);
    }
  }
}
