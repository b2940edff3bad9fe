package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file that says whose folder it is. Text, so that people can read it:
///
/// ```
/// flotilla store
/// format 1
/// cluster 0f8fad5b-d9cb-469f-a165-70867728950e
/// store 3
/// crc32c 4a17b156
/// ```
///
/// `-` stands for "not yet". The last line, the checksum of all before it, stays in every later
/// format, so that "newer" is never said of what is damaged.
final class IdentityFile {
  static final int FORMAT = 1;

  private static final String MAGIC = "flotilla store";
  private static final String CHECKSUM = "crc32c ";
  private static final int BYTES_MAX = 4096;

  private IdentityFile() {}

  static void write(Path file, StoreIdentity identity) {
    String cluster = identity.clusterId() == null ? "-" : identity.clusterId();
    String store = identity.storeId() == null ? "-" : identity.storeId().toString();
    String body =
        String.join("\n", MAGIC, "format " + FORMAT, "cluster " + cluster, "store " + store, "");
    String text = body + CHECKSUM + checksum(body) + "\n";
    try {
      DurableFiles.replace(file, text.getBytes(UTF_8));
    } catch (IOException e) {
      throw Failures.files("write the store's identity", file, e);
    }
  }

  static StoreIdentity read(Path file) {
    String text;
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw damaged(file);
      }
      text = new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw Failures.files("read the store's identity", file, e);
    }
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0
        || !text.startsWith(MAGIC + "\n")
        || !text.substring(end).equals(CHECKSUM + checksum(text.substring(0, end)) + "\n")) {
      throw damaged(file);
    }
    List<String> lines = text.lines().toList();
    int format = Integer.parseInt(field(file, lines, 1, "format "));
    if (format > FORMAT) {
      throw new StorageException(
          file
              + ": the store was written in format "
              + format
              + ", this release reads up to "
              + FORMAT
              + "; try: the newer release that wrote it");
    }
    return parse(file, field(file, lines, 2, "cluster "), field(file, lines, 3, "store "));
  }

  private static StoreIdentity parse(Path file, String cluster, String store) {
    try {
      @Nullable StoreId id = store.equals("-") ? null : new StoreId(Long.parseLong(store));
      return new StoreIdentity(cluster.equals("-") ? null : cluster, id);
    } catch (IllegalArgumentException e) {
      throw damaged(file);
    }
  }

  private static String field(Path file, List<String> lines, int line, String name) {
    if (lines.size() <= line || !lines.get(line).startsWith(name)) {
      throw damaged(file);
    }
    return lines.get(line).substring(name.length());
  }

  private static StorageException damaged(Path file) {
    return Failures.damaged(file, "the store's identity is truncated or damaged");
  }

  private static String checksum(String body) {
    return HexFormat.of().toHexDigits(Checksum.of(body.getBytes(UTF_8)));
  }
}
