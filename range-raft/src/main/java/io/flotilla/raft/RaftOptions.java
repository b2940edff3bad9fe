package io.flotilla.raft;

/// Limits and times of a group. Times are in ticks.
///
/// @param electionTicks a follower that hears no leader for this long, plus up to as much again at
///   random, campaigns; for this long after hearing a leader it grants nobody a vote
/// @param beatTicks a leader beats every so many ticks
/// @param withholdTicks after a restart no vote is granted for this long: whatever was promised
///   before is over then
/// @param inflightAppendsMax AppendEntries under way to one follower
/// @param inflightBytesMax bytes of entries under way to one follower
/// @param appendBytesMax bytes of entries in one message (one entry always fits)
/// @param uncommittedBytesMax bytes of a leader's uncommitted entries; beyond it proposals are
///   refused
/// @param applyBytesMax bytes of entries handed out to apply and not yet reported as applied
/// @param windowBytesMax bytes of applied entries kept in memory for followers that lag a little
public record RaftOptions(
    int electionTicks,
    int beatTicks,
    int withholdTicks,
    int inflightAppendsMax,
    int inflightBytesMax,
    int appendBytesMax,
    int uncommittedBytesMax,
    int applyBytesMax,
    int windowBytesMax) {
  public static final RaftOptions DEFAULT =
      new RaftOptions(10, 2, 18, 256, 4 << 20, 1 << 20, 16 << 20, 8 << 20, 256 << 10);

  public RaftOptions {
    if (beatTicks < 1 || electionTicks <= 2 * beatTicks) {
      throw new IllegalArgumentException("need 1 <= beatTicks and electionTicks > 2 * beatTicks");
    }
    if (withholdTicks < electionTicks) {
      throw new IllegalArgumentException("need withholdTicks >= electionTicks");
    }
    if (inflightAppendsMax < 1
        || inflightBytesMax < 1
        || appendBytesMax < 1
        || uncommittedBytesMax < 1
        || applyBytesMax < 1
        || windowBytesMax < 0) {
      throw new IllegalArgumentException("limits of a group must be positive");
    }
  }

  /// For so long a leader may keep still and lead on, if its last beat was just due: that is an
  /// election timeout after a beat that may be older by the time from one to the next; and a tick
  /// goes by until it is noticed that the time is over, another until it beats.
  public int unheardTicks() {
    return Math.max(0, electionTicks - beatTicks - 2);
  }
}
