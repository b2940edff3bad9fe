package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.Standing;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.StoreInfo;
import io.flotilla.placement.StoreStats;
import io.flotilla.spi.DiskStage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The stores of the fleet: what is committed of them, and when each was last heard in this tenure.
final class StoreCatalogue {
  private static final int RECEIPT_BITS = 12;

  /// Stores report once a second at least.
  private static final long SILENT_MILLIS_MAX = 2_500;

  /// One store. What is not in `info` is soft.
  static final class Member {
    private StoreInfo info;
    private StoreStats stats = StoreStats.UNKNOWN;
    private long heardMillis;
    private boolean heard;
    private long wellSinceMillis;
    private @Nullable RangeId missingFrom = Stretch.ALL.from();
    private boolean onceMore;
    private long receipt;
    private Standing standing;
    private boolean isStandingChanging;

    /// @param firstVersion as the catalogue's: receipts of two tenures differ as well
    private Member(StoreInfo info, Standing standing, long nowMillis, long firstVersion) {
      this.info = info;
      this.standing = standing;
      this.heardMillis = nowMillis;
      this.receipt = firstVersion << RECEIPT_BITS;
    }

    StoreInfo info() {
      return info;
    }

    StoreStats stats() {
      return stats;
    }

    /// As committed.
    Standing standing() {
      return standing;
    }

    /// Another standing is being committed.
    boolean isStandingChanging() {
      return isStandingChanging;
    }

    void standingChanging() {
      isStandingChanging = true;
    }

    /// That has ended; null: nothing changed.
    void standingChanged(@Nullable Standing newStanding) {
      isStandingChanging = false;
      standing = newStanding == null ? standing : newStanding;
    }

    /// From here on the store has yet to report all ranges that it leads; null: it has.
    @Nullable RangeId missingFrom() {
      return missingFrom;
    }

    private void heard(StoreStats newStats, boolean wasUp, long nowMillis) {
      wellSinceMillis = wasUp ? wellSinceMillis : nowMillis;
      stats = newStats;
      heardMillis = nowMillis;
      heard = true;
    }

    /// The store's next report must name this receipt, and no other report will do.
    long newReceipt() {
      receipt++;
      return receipt;
    }

    /// The newest that was given out.
    long receipt() {
      return receipt;
    }

    boolean isNewest(long reported) {
      return reported == receipt;
    }

    /// It has reported everything of this stretch. One that begins behind what is missing leaves a
    /// hole, so it does not count.
    void reportedAll(Stretch stretch) {
      RangeId end = stretch.end();
      RangeId missing = missingFrom;
      if (missing == null || stretch.from().compareTo(missing) > 0) {
        return;
      }
      if (end == null) {
        missingFrom = onceMore ? Stretch.ALL.from() : null;
        onceMore = false;
      } else if (end.compareTo(missing) > 0) {
        missingFrom = end;
      }
    }

    /// Some of what it reported could not be taken in: it will have to report all once more, after
    /// it has come to the end, or it might never get past that part.
    void doubt() {
      if (missingFrom == null) {
        missingFrom = Stretch.ALL.from();
      } else {
        onceMore = true;
      }
    }

    /// It has begun a new life.
    void restarted(long nowMillis) {
      wellSinceMillis = nowMillis;
      missingFrom = Stretch.ALL.from();
      onceMore = false;
    }

    /// Its silence so far counts for nothing.
    void pardon(long nowMillis) {
      heardMillis = nowMillis;
    }

    /// Since its last report, or since the tenure began.
    long silentMillis(long nowMillis) {
      return Math.max(0, nowMillis - heardMillis);
    }
  }

  private final TreeMap<StoreId, Member> members = new TreeMap<>();
  private final long downMillis;
  private final long firstVersion;
  private long version;
  private long lastId;

  /// @param firstVersion above every version that an earlier tenure gave out
  /// @param standings of those that are no ordinary members
  StoreCatalogue(
      Collection<StoreInfo> stores,
      Map<StoreId, Standing> standings,
      long firstVersion,
      long downMillis,
      long nowMillis) {
    this.downMillis = downMillis;
    this.firstVersion = firstVersion;
    this.version = firstVersion;
    this.lastId = 1;
    for (StoreInfo info : stores) {
      Standing standing = standings.getOrDefault(info.id(), Standing.MEMBER);
      members.put(info.id(), new Member(info, standing, nowMillis, firstVersion));
      lastId = Math.max(lastId, info.id().value());
    }
  }

  Optional<Member> find(StoreId id) {
    return Optional.ofNullable(members.get(id));
  }

  Optional<Member> findInstance(String instance) {
    return members.values().stream()
        .filter(member -> member.info.instance().equals(instance))
        .findFirst();
  }

  /// In the order of their ids.
  Collection<Member> all() {
    return members.values();
  }

  /// An id that no store has had. The first one, 1, is the store's that founded the fleet.
  StoreId nextId() {
    lastId++;
    return new StoreId(lastId);
  }

  /// A store's record is committed.
  void put(StoreInfo info, long nowMillis) {
    Member member = members.get(info.id());
    if (member == null) {
      members.put(info.id(), new Member(info, Standing.MEMBER, nowMillis, firstVersion));
    } else {
      member.info = info;
    }
    lastId = Math.max(lastId, info.id().value());
    version++;
  }

  boolean isUp(Member member, long nowMillis) {
    return member.heard && member.silentMillis(nowMillis) <= downMillis;
  }

  /// It reports.
  void heard(Member member, StoreStats stats, long nowMillis) {
    member.heard(stats, isUp(member, nowMillis), nowMillis);
  }

  /// True if it has been up for so long, in one life and as far as was seen in this tenure. One
  /// that missed two reports may be gone, long before it counts as down.
  boolean isSettled(Member member, long settleMillis, long nowMillis) {
    return isUp(member, nowMillis)
        && member.silentMillis(nowMillis) <= SILENT_MILLIS_MAX
        && nowMillis - member.wellSinceMillis >= settleMillis;
  }

  /// True if all stores that are up have reported in full, and those that are not had the time to,
  /// or are dead or removed.
  boolean isComplete(long nowMillis) {
    return members.values().stream()
        .allMatch(member ->
            member.missingFrom == null
                || member.silentMillis(nowMillis) > downMillis
                || !member.heard && member.standing != Standing.MEMBER);
  }

  long version() {
    return version;
  }

  /// Where to find the stores; without those that were removed and are silent.
  List<StoreAddress> addresses() {
    return members.values().stream()
        .filter(member -> member.heard || member.standing != Standing.REMOVED)
        .map(StoreCatalogue::address)
        .toList();
  }

  /// The stores whose disks are nearly full, as far as they have reported.
  List<StoreId> withoutRoom() {
    return members.values().stream()
        .filter(member -> member.stats.disk() != DiskStage.ROOMY)
        .map(member -> member.info.id())
        .toList();
  }

  static StoreAddress address(Member member) {
    return new StoreAddress(member.info.id(), member.info.address());
  }
}
