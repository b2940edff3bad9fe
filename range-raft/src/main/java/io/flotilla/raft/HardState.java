package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import org.jspecify.annotations.Nullable;

/// What a peer must not forget: its term, whom it voted for in it (null: nobody), and, as a hint
/// only, how far it knew the log to be committed.
public record HardState(long term, @Nullable PeerId vote, long committed) {
  public static final HardState INITIAL = new HardState(0, null, 0);
}
