/// The story of a membership change: from the replicas a range has to those it should have.
///
/// Functions over values. May use `keyspace` and `codec`. Words defined here: *joint descriptor*
/// (two configurations in force), *leaving* (back to one).
@NullMarked
package io.flotilla.replica.membership;

import org.jspecify.annotations.NullMarked;
