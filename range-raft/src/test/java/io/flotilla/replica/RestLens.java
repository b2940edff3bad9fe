package io.flotilla.replica;

import io.flotilla.raft.SameState;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/// Looks whether a replica that could rest would come back as it is.
public final class RestLens {
  private static final Field PARTS = parts();

  private RestLens() {}

  /// True if it could rest. Fails if something would be forgotten over that.
  public static boolean check(RangeReplica replica) {
    if (!replica.isAsleep() || replica.isEnded()) {
      return false;
    }
    ReplicaParts parts = partsOf(replica);
    if (parts == null || !parts.mayRest()) {
      return false;
    }
    SameState.check((Object) parts, new ReplicaParts(replica, replica.host(), parts.rest()));
    return true;
  }

  /// What it has in memory; null: it rests.
  static @Nullable ReplicaParts partsOf(RangeReplica replica) {
    try {
      return (ReplicaParts) PARTS.get(replica);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Field parts() {
    try {
      Field field = RangeReplica.class.getDeclaredField("parts");
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }
}
