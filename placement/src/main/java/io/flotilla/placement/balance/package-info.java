/// Schedulers: what is not broken, but would be better elsewhere.
///
/// Pure functions like those of [io.flotilla.placement.check], and asked after them: repair comes
/// before balance. Balance never undoes itself: each has a band within which it leaves all alone.
@NullMarked
package io.flotilla.placement.balance;

import org.jspecify.annotations.NullMarked;
