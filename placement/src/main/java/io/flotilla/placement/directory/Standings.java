package io.flotilla.placement.directory;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Standing;
import io.flotilla.placement.directory.StoreCatalogue.Member;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import java.util.List;

/// Declares stores dead that have been silent for too long, and takes them back when they are heard
/// again. Either is committed first, so that the next placement leader need not wait again, and one
/// that was deposed declares nothing.
final class Standings {
  private final Office office;
  private final StoreCatalogue catalogue;
  private long lookedMillis;

  Standings(Office office, StoreCatalogue catalogue) {
    this.office = office;
    this.catalogue = catalogue;
    this.lookedMillis = office.nowMillis();
  }

  /// To be called with every report.
  void look() {
    long now = office.nowMillis();
    if (now - lookedMillis > office.options().downMillis()) {
      // Nobody reported, or this process stood still: no silence is a store's own fault.
      catalogue.all().forEach(member -> member.pardon(now));
    }
    lookedMillis = now;
    for (Member member : catalogue.all()) {
      Standing due = due(member, now);
      if (due != member.standing() && !member.isStandingChanging()) {
        change(member, due);
      }
    }
  }

  private Standing due(Member member, long nowMillis) {
    return switch (member.standing()) {
      case REMOVED -> Standing.REMOVED;
      case DEAD -> catalogue.isUp(member, nowMillis) ? Standing.MEMBER : Standing.DEAD;
      case MEMBER ->
          member.silentMillis(nowMillis) > office.options().deadMillis()
              ? Standing.DEAD
              : Standing.MEMBER;
    };
  }

  /// If the commit fails, the next look tries again.
  private void change(Member member, Standing to) {
    StoreId store = member.info().id();
    member.standingChanging();
    office
        .access()
        .propose(
            List.of(DurableState.standing(store, to)),
            outcome -> {
              boolean done = outcome instanceof Applied;
              member.standingChanged(done ? to : null);
              if (done) {
                office.events().emit(new PlacementEvent.StandingChanged(store, to));
              }
            });
  }
}
