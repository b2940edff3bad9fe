package io.flotilla.placement.directory;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.StoreInfo;
import io.flotilla.placement.StoreStats;
import io.flotilla.spi.DiskStage;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The stores of the fleet: what is committed of them, and when each was last heard in this tenure.
final class StoreCatalogue {
  /// One store. What is not in `info` is soft.
  static final class Member {
    private StoreInfo info;
    private StoreStats stats = StoreStats.UNKNOWN;
    private long heardMillis;
    private boolean heard;
    private boolean full;

    private Member(StoreInfo info, long nowMillis) {
      this.info = info;
      this.heardMillis = nowMillis;
    }

    StoreInfo info() {
      return info;
    }

    StoreStats stats() {
      return stats;
    }

    /// True once the store has reported all ranges that it leads.
    boolean isFull() {
      return full;
    }

    void heard(StoreStats newStats, boolean inFull, long nowMillis) {
      stats = newStats;
      heardMillis = nowMillis;
      heard = true;
      full |= inFull;
    }

    /// It will have to report in full again.
    void doubt() {
      full = false;
    }

    /// Since its last report, or since the tenure began.
    long silentMillis(long nowMillis) {
      return Math.max(0, nowMillis - heardMillis);
    }
  }

  private final TreeMap<StoreId, Member> members = new TreeMap<>();
  private final long downMillis;
  private long version;
  private long lastId;

  /// @param firstVersion above every version that an earlier tenure gave out
  StoreCatalogue(Collection<StoreInfo> stores, long firstVersion, long downMillis, long nowMillis) {
    this.downMillis = downMillis;
    this.version = firstVersion;
    this.lastId = 1;
    for (StoreInfo info : stores) {
      members.put(info.id(), new Member(info, nowMillis));
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
      members.put(info.id(), new Member(info, nowMillis));
    } else {
      member.info = info;
    }
    lastId = Math.max(lastId, info.id().value());
    version++;
  }

  boolean isUp(Member member, long nowMillis) {
    return member.heard && member.silentMillis(nowMillis) <= downMillis;
  }

  /// True if all stores that are up have reported in full, and those that are not had the time to.
  boolean isComplete(long nowMillis) {
    return members.values().stream()
        .allMatch(member -> member.full || member.silentMillis(nowMillis) > downMillis);
  }

  long version() {
    return version;
  }

  List<StoreAddress> addresses() {
    return members.values().stream().map(StoreCatalogue::address).toList();
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
