/// The placement group's range machine: the catalogue of stores, the directory of ranges built from
/// leaders' reports, operators under way, ids, timestamps and the safe point.
///
/// Runs on the loop of the placement leader's replica. Durable is little: settings, stores, id
/// bounds, the timestamp window and the safe point, under state keys `p|`. The rest is soft: it
/// comes back from the stores' reports within seconds. Words defined here: *tenure* (one leadership
/// of the placement group with all its soft state), *directory*, *catalogue*, *hold*.
@NullMarked
package io.flotilla.placement.directory;

import org.jspecify.annotations.NullMarked;
