package io.flotilla.placement.directory;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Fleet;
import io.flotilla.placement.PlacementReply.PolicySet;
import io.flotilla.placement.PlacementReply.Registered;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementRequest.AllocateIds;
import io.flotilla.placement.PlacementRequest.DrawTimestamps;
import io.flotilla.placement.PlacementRequest.FleetStatus;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.placement.PlacementRequest.ListRanges;
import io.flotilla.placement.PlacementRequest.ListStores;
import io.flotilla.placement.PlacementRequest.LookupById;
import io.flotilla.placement.PlacementRequest.LookupRange;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.RemoveStore;
import io.flotilla.placement.PlacementRequest.ReplicaFate;
import io.flotilla.placement.PlacementRequest.SetPolicy;
import io.flotilla.placement.PlacementRequest.SnapshotHold;
import io.flotilla.placement.PlacementRequest.SplitRequested;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.PlacementRequest.TransferLeader;
import io.flotilla.placement.Policy;
import io.flotilla.placement.Standing;
import io.flotilla.placement.directory.DurableState.Loaded;
import io.flotilla.placement.directory.DurableState.Settings;
import io.flotilla.placement.directory.RangeDirectory.Known;
import io.flotilla.placement.directory.StoreCatalogue.Member;
import io.flotilla.placement.directory.StoreDesk.Taken;
import io.flotilla.placement.oracle.ClockGuard;
import io.flotilla.placement.oracle.TimestampOracle;
import io.flotilla.replica.Refusal;
import java.util.List;

/// One leadership of the placement group: everything that is remembered for as long as it lasts,
/// and the dispatch of requests to the desks that answer them.
final class Tenure {
  /// Ids below these belong to what a fleet starts with.
  private static final long FIRST_RANGE_ID = RangeDescriptor.FIRST.value() + 1;

  private static final long FIRST_PEER_ID = 10;
  private static final int RANGE_IDS = 16;
  private static final int PEER_IDS = 64;

  /// A tenure's versions of the list of stores are above those of all before.
  private static final int VERSION_BITS = 20;

  private final Office office;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory = new RangeDirectory();
  private final Proofs proofs;
  private final TimeDesk times;
  private final IdDesk rangeIds;
  private final IdDesk peerIds;
  private final SafePoint safePoint;
  private final HoldDesk holds;
  private final Planner planner;
  private final StoreDesk stores;
  private final RangeDesk ranges;
  private final Standings standings;
  private final RemovalDesk removals;
  private Policy policy;

  /// @throws TimestampOracle.ClockRefusedException if the clock is too far ahead to begin
  Tenure(Office office, Loaded loaded, ClockGuard clock) {
    PlacementOptions options = office.options();
    this.office = office;
    long wall = clock.observe(office.clock().wallMillis(), office.clock().nanos());
    TimestampOracle oracle = TimestampOracle.open(options.oracle(), loaded.window(), wall);
    this.proofs = new Proofs(office);
    this.safePoint = new SafePoint(loaded.safePoint(), options.snapshotAgeMaxMillis());
    this.times = new TimeDesk(office, oracle, clock, proofs, safePoint);
    this.holds = new HoldDesk(office, safePoint, times, proofs, () -> policy.retentionMillis());
    this.rangeIds = desk(IdKind.RANGE, Math.max(loaded.rangeBound(), FIRST_RANGE_ID), RANGE_IDS);
    this.peerIds = desk(IdKind.PEER, Math.max(loaded.peerBound(), FIRST_PEER_ID), PEER_IDS);
    this.catalogue =
        new StoreCatalogue(
            loaded.stores().values(),
            loaded.standings(),
            office.term() << VERSION_BITS,
            options.downMillis(),
            office.nowMillis());
    this.policy = loaded.settings() == null ? options.firstPolicy() : loaded.settings().policy();
    this.planner = new Planner(office, catalogue, directory, rangeIds, peerIds, () -> this.policy);
    this.stores = new StoreDesk(office, proofs, catalogue, directory);
    this.ranges = new RangeDesk(office, catalogue, directory, planner);
    this.standings = new Standings(office, catalogue);
    this.removals = new RemovalDesk(office, proofs, catalogue, directory);
    if (loaded.settings() == null) {
      // Should this be refused, the next tenure finds nothing either, and writes it.
      Settings first = new Settings(options.cluster(), policy);
      office.access().propose(List.of(DurableState.settings(first)), _ -> {});
    }
    times.extend(wall);
    rangeIds.extend(0);
    peerIds.extend(0);
  }

  private IdDesk desk(IdKind kind, long start, int size) {
    return new IdDesk(office, kind, new IdWindow(start, size), proofs);
  }

  void serve(PlacementCall call) {
    switch (call.request()) {
      case RegisterStore register ->
          stores.register(call, register, store -> call.reply(registered(store)));
      case StoreReport report -> report(call, report);
      case AllocateIds(var kind, var count) -> desk(kind).allocate(call, count);
      case DrawTimestamps(var count) -> times.draw(call, count);
      case LookupRange(var key) -> ranges.lookup(call, directory.find(key));
      case LookupById(var range) -> ranges.lookup(call, directory.find(range));
      case ListRanges list -> ranges.list(call, list);
      case ListStores() -> stores.list(call);
      case FleetStatus() -> call.reply(fleet());
      case SetPolicy(var wanted) -> setPolicy(call, wanted);
      case ReplicaFate fate -> ranges.fate(call, fate);
      case SplitRequested split -> ranges.split(call, split);
      case TransferLeader transfer -> ranges.transfer(call, transfer);
      case RemoveStore remove -> removals.remove(call, remove);
      case SnapshotHold hold -> holds.hold(call, hold);
    }
  }

  /// The tenure is over: what waits is told so.
  void close(Refusal refusal) {
    times.close(refusal);
    proofs.close(refusal);
    rangeIds.close(refusal);
    peerIds.close(refusal);
  }

  private IdDesk desk(IdKind kind) {
    return switch (kind) {
      case RANGE -> rangeIds;
      case PEER -> peerIds;
    };
  }

  private Registered registered(StoreId store) {
    return new Registered(
        store, policy, safePoint.committed(), catalogue.version(), catalogue.addresses());
  }

  private void report(PlacementCall call, StoreReport report) {
    Taken taken = stores.report(call, report).orElse(null);
    if (taken == null) {
      return;
    }
    if (taken.taken()) {
      planner.failed(report.news().failed());
      planner.observe();
    }
    standings.look();
    planner.check(taken.accepted());
    holds.maybeMove();
    boolean changed = report.storesVersion() != catalogue.version();
    // Each change is of the generation that was reported, so what a successor does first voids it.
    // But peers would come in its place whose ids are lower than those that the successor gave out,
    // and stores count on it that they rise: nothing is to be done before it is proved that there
    // is none.
    List<Instruction> instructions =
        proofs.isFull() ? List.of() : planner.instructions(report.store());
    Reported reply =
        new Reported(
            taken.member().newReceipt(),
            taken.taken(),
            taken.member().missingFrom(),
            safePoint.committed(),
            policy,
            catalogue.version(),
            changed ? catalogue.addresses() : List.of(),
            catalogue.withoutRoom(),
            instructions);
    if (instructions.isEmpty()) {
      call.reply(reply);
    } else {
      proofs.reply(call, reply);
    }
  }

  private void setPolicy(PlacementCall call, Policy wanted) {
    Settings settings = new Settings(office.options().cluster(), wanted);
    office.commit(
        call,
        DurableState.settings(settings),
        () -> {
          policy = wanted;
          planner.policyChanged();
          call.reply(new PolicySet(wanted));
        });
  }

  private Fleet fleet() {
    long now = office.nowMillis();
    long bytes = 0;
    long leaderless = 0;
    long under = 0;
    for (Known known : directory.all()) {
      bytes += known.bytes();
      leaderless += known.leader() == null ? 1 : 0;
      under += liveVoters(known.descriptor(), now) < policy.replicas() ? 1 : 0;
    }
    List<KeySpan> gaps = RangeDirectory.gaps(KeySpan.ALL, directory.overlapping(KeySpan.ALL));
    return new Fleet(
        office.options().cluster(),
        (int) catalogue.all().stream().filter(each -> each.standing() != Standing.REMOVED).count(),
        (int) catalogue.all().stream().filter(member -> isWell(member, now)).count(),
        directory.size(),
        under,
        leaderless,
        bytes,
        planner.size(),
        policy,
        directory.find(RangeDescriptor.PLACEMENT).map(Known::leader).orElse(null),
        safePoint.committed(),
        gaps.size(),
        catalogue.isComplete(now));
  }

  private long liveVoters(RangeDescriptor descriptor, long nowMillis) {
    return descriptor.replicas().stream()
        .filter(replica -> replica.kind() == ReplicaKind.VOTER)
        .flatMap(replica -> catalogue.find(replica.store()).stream())
        .filter(member -> isWell(member, nowMillis))
        .count();
  }

  private boolean isWell(Member member, long nowMillis) {
    return catalogue.isUp(member, nowMillis) && member.standing() == Standing.MEMBER;
  }
}
