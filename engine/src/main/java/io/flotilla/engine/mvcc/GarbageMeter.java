package io.flotilla.engine.mvcc;

import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;

/// Counts versions written, and how many of them are old enough that what they shadow can be
/// collected.
///
/// Whether a written version shadows an older one is not known without a read, so all are counted:
/// an upper bound that decides when a walk is worth its while. A large value counts as several.
final class GarbageMeter {
  private static final int BYTES_OF_ONE = 4096;

  private long young;
  private long youngNewest;
  private long aging;
  private long agingNewest;
  private long ripe;
  private long walkedLastTime;

  GarbageMeter() {}

  /// As it was when the machine rested.
  GarbageMeter(RestReader in) {
    young = in.number();
    youngNewest = in.number();
    aging = in.number();
    agingNewest = youngNewest - in.number();
    ripe = in.number();
    walkedLastTime = in.number();
  }

  void rest(RestWriter out) {
    out.number(young);
    out.number(youngNewest);
    out.number(aging);
    out.number(youngNewest - agingNewest);
    out.number(ripe);
    out.number(walkedLastTime);
  }

  /// `newest`: a timestamp not above those of the writes to come.
  void reset(long newest) {
    young = 0;
    youngNewest = newest;
    aging = 0;
    agingNewest = newest;
    ripe = 0;
    walkedLastTime = 0;
  }

  void wrote(long bytes, long timestamp) {
    young += 1 + bytes / BYTES_OF_ONE;
    youngNewest = timestamp;
  }

  /// Versions that were written before this leadership.
  void inherited(long versions) {
    young += versions;
  }

  /// It turns out that so few were written since the last collection.
  void correct(long versions) {
    ripe = Math.min(ripe, versions);
  }

  /// True if a walk over the range should pay: enough versions, also compared with the walk itself.
  boolean isDue(long safePoint, long versionsMin) {
    if (agingNewest <= safePoint) {
      ripe += aging;
      aging = young;
      agingNewest = youngNewest;
      young = 0;
    }
    return ripe >= enough(versionsMin);
  }

  /// The lowest safe point at which [#isDue] becomes true when it is asked again and again and
  /// nothing is written meanwhile; [GarbageRoll#NEVER]: at none.
  long dueFrom(long versionsMin) {
    long enough = enough(versionsMin);
    if (ripe >= enough) {
      return 0;
    } else if (ripe + aging >= enough) {
      return agingNewest;
    } else if (ripe + aging + young >= enough) {
      return Math.max(agingNewest, youngNewest);
    } else {
      return GarbageRoll.NEVER;
    }
  }

  private long enough(long versionsMin) {
    return Math.max(versionsMin, walkedLastTime / 8);
  }

  void collected(long versionsWalked) {
    ripe = 0;
    walkedLastTime = versionsWalked;
  }
}
