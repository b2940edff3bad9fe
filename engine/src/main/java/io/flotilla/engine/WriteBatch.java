package io.flotilla.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts and deletes that happen together or not at all. For one thread. A later write of a key
/// wins.
public final class WriteBatch {
  private final List<Write> writes = new ArrayList<>();

  /// One put, or one delete where `value` is null.
  public record Write(byte[] key, byte @Nullable [] value) {}

  public WriteBatch put(byte[] key, byte[] value) {
    writes.add(new Write(key, value));
    return this;
  }

  public WriteBatch delete(byte[] key) {
    writes.add(new Write(key, null));
    return this;
  }

  public List<Write> writes() {
    return Collections.unmodifiableList(writes);
  }
}
