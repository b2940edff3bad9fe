package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Stores;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Standing;
import io.flotilla.placement.StoreInfo;
import io.flotilla.placement.StoreStatus;
import io.flotilla.placement.directory.StoreCatalogue.Member;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import io.flotilla.replica.Refusal.Busy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Registers stores and takes in what they report.
final class StoreDesk {
  /// The store that founds a fleet gives itself this id before there is anybody to ask.
  private static final StoreId FOUNDER = new StoreId(1);

  private final Office office;
  private final Proofs proofs;
  private final StoreCatalogue catalogue;
  private final RangeDirectory directory;
  private final TreeSet<String> registering = new TreeSet<>();

  StoreDesk(Office office, Proofs proofs, StoreCatalogue catalogue, RangeDirectory directory) {
    this.office = office;
    this.proofs = proofs;
    this.catalogue = catalogue;
    this.directory = directory;
  }

  /// Registers a store; `onRegistered` answers once its record is committed.
  void register(PlacementCall call, RegisterStore request, Consumer<StoreId> onRegistered) {
    Optional<String> wrong = objection(request);
    if (wrong.isPresent()) {
      proofs.reject(call, reason(request), wrong.get());
      return;
    }
    if (!registering.add(request.instance())) {
      call.refuse(new Busy("registrations of one store at a time", Office.RETRY_MILLIS));
      return;
    }
    StoreInfo info = info(request);
    Optional<Member> known = catalogue.find(info.id());
    known.ifPresent(member -> member.restarted(office.nowMillis()));
    if (known.isPresent() && known.get().info().equals(info)) {
      registering.remove(request.instance());
      onRegistered.accept(info.id());
      return;
    }
    office.commit(
        new EndingCall(call, () -> registering.remove(request.instance())),
        DurableState.store(info),
        () -> {
          registering.remove(request.instance());
          catalogue.put(info, office.nowMillis());
          office.events().emit(new PlacementEvent.StoreRegistered(info.id(), info.address()));
          onRegistered.accept(info.id());
        });
  }

  private Optional<String> objection(RegisterStore request) {
    if (!request.cluster().equals(office.options().cluster())) {
      return Optional.of(
          "this fleet is cluster "
              + office.options().cluster()
              + ", the store belongs to cluster "
              + request.cluster()
              + ": join the right fleet, or start with an empty folder");
    }
    StoreId existing = request.existing();
    if (existing == null) {
      return Optional.empty();
    }
    Optional<Member> known = catalogue.find(existing);
    if (known.isEmpty()) {
      boolean founds = existing.equals(FOUNDER);
      return founds
          ? Optional.empty()
          : Optional.of("no store " + existing + " is known here: is it a folder of this fleet?");
    }
    if (!known.get().info().instance().equals(request.instance())) {
      return Optional.of(
          "store " + existing + " is another folder, at " + known.get().info().address());
    }
    return known.get().standing() == Standing.REMOVED && isEmpty(existing)
        ? Optional.of(
            "store "
                + existing
                + " was removed from the fleet and is not needed any more: to join again, start"
                + " with an empty folder")
        : Optional.empty();
  }

  /// True if no range has a replica on this store, as far as can be told.
  private boolean isEmpty(StoreId store) {
    return catalogue.isComplete(office.nowMillis()) && directory.tally().of(store).replicas() == 0;
  }

  private Reason reason(RegisterStore request) {
    if (!request.cluster().equals(office.options().cluster())) {
      return Reason.WRONG_CLUSTER;
    }
    boolean known = request.existing() != null && catalogue.find(request.existing()).isPresent();
    return known ? Reason.INVALID : Reason.UNKNOWN_STORE;
  }

  private StoreInfo info(RegisterStore request) {
    StoreId existing = request.existing();
    StoreId id =
        existing != null
            ? existing
            : catalogue
                .findInstance(request.instance())
                .map(member -> member.info().id())
                .orElseGet(catalogue::nextId);
    return new StoreInfo(
        id,
        request.instance(),
        request.address(),
        request.labels(),
        request.version(),
        request.durability());
  }

  /// What became of a report.
  ///
  /// @param taken false: it was not the next one of its store's chain
  /// @param accepted the ranges of it that the directory now has
  record Taken(Member member, boolean taken, List<RangeId> accepted) {}

  /// Takes in a report, or nothing if the store is not known (and the call is answered).
  Optional<Taken> report(PlacementCall call, StoreReport report) {
    Member member = catalogue.find(report.store()).orElse(null);
    if (member == null) {
      proofs.reject(
          call, Reason.UNKNOWN_STORE, "no store " + report.store() + " is known here: register");
      return Optional.empty();
    }
    catalogue.heard(member, report.stats(), office.nowMillis());
    if (!member.isNewest(report.receipt())) {
      return Optional.of(new Taken(member, false, List.of()));
    }
    if (!member.info().address().equals(report.address())) {
      moved(member, report.address());
    }
    return Optional.of(new Taken(member, true, takeIn(report.store(), member, report.news())));
  }

  private List<RangeId> takeIn(StoreId store, Member member, RangeNews news) {
    Stretch full = news.full();
    if (full != null) {
      member.reportedAll(full);
    }
    List<RangeReport> led = new ArrayList<>(news.led());
    // Of relatives the younger first: it may push an older one out of its way, never the reverse.
    led.sort(Comparator.comparingLong(RangeReport::generation).reversed());
    List<RangeId> accepted = new ArrayList<>();
    for (RangeReport range : led) {
      switch (directory.accept(store, range)) {
        case ACCEPTED -> accepted.add(range.range());
        case STALE -> {}
        case OVERLAPS -> {
          member.doubt();
          office.events().emit(new PlacementEvent.OverlapRefused(store, range.range()));
        }
      }
    }
    news.released().forEach(range -> directory.release(store, range));
    if (full != null) {
      TreeSet<RangeId> all = new TreeSet<>();
      led.forEach(range -> all.add(range.range()));
      directory.releaseOthers(store, full, all);
    }
    return accepted;
  }

  /// The store listens elsewhere now: remembered for those who look for it after a restart. If the
  /// commit fails, its next report tries again.
  private void moved(Member member, String address) {
    StoreInfo info = member.info().withAddress(address);
    if (registering.add(info.instance())) {
      office
          .access()
          .propose(
              List.of(DurableState.store(info)),
              outcome -> {
                registering.remove(info.instance());
                if (outcome instanceof Applied) {
                  catalogue.put(info, office.nowMillis());
                }
              });
    }
  }

  void list(PlacementCall call) {
    long now = office.nowMillis();
    List<StoreStatus> stores = new ArrayList<>();
    for (Member member : catalogue.all()) {
      StoreTally.Count count = directory.tally().of(member.info().id());
      stores.add(
          new StoreStatus(
              member.info(),
              catalogue.isUp(member, now),
              member.standing(),
              member.silentMillis(now),
              member.stats(),
              count.replicas(),
              count.leaders()));
    }
    call.reply(new Stores(stores));
  }
}
