/// The story of a snapshot on its way from one store to another, as machines for each side of a
/// transfer and the budget that all share.
///
/// Nothing here reads, writes or sends: whoever drives it does. May use `spi` values. Words defined
/// here: *offer*, *want*, *piece*, *credit*.
@NullMarked
package io.flotilla.replica.snapshot;

import org.jspecify.annotations.NullMarked;
