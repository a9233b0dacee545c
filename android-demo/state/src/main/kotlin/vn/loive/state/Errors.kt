package vn.loive.state

import kotlinx.coroutines.CancellationException
import vn.loive.Lock
import vn.loive.PhoneException
import vn.loive.Problem
import vn.loive.Rejection

/** The incident that stands for whatever the bindings throw besides their errors. */
private const val INCIDENT_OF_THE_BORDER = "border"

/**
 * What the person can do about an error: the one place where an error of the engine
 * becomes a sentence. What is wrong with an input stands beside that input, so
 * nothing is said here of which question it is.
 */
fun Throwable.sentence(): Sentence =
    when (this) {
        is PhoneException.Offline -> sentence("error.offline")
        is PhoneException.Locked -> why.sentence()
        is PhoneException.NotFound -> sentence("error.not_found")
        is PhoneException.Invalid -> reason.sentence()
        is PhoneException.StorageFull -> sentence("error.storage_full")
        is PhoneException.Damaged -> sentence("error.damaged")
        is PhoneException.Rejected -> reason.sentence()
        is PhoneException.Internal -> sentence("error.internal", "id" to incidentId)
        // A panic, or an object that was closed. Its own text stays here.
        else -> sentence("error.internal", "id" to INCIDENT_OF_THE_BORDER)
    }

/** The keys are called as the locks are. */
fun Lock.sentence(): Sentence = Sentence("error.${name.lowercase()}")

fun Problem.sentence(): Sentence =
    when (this) {
        is Problem.TooLong -> sentence("problem.too_long", "limit" to limit, "found" to found)
        is Problem.TooShort -> sentence("problem.too_short", "limit" to limit)
        is Problem.Empty -> sentence("problem.empty")
        is Problem.Missing -> sentence("problem.missing")
        is Problem.UnknownOption -> sentence("problem.unknown_option")
        is Problem.WrongType -> sentence("problem.wrong_type")
        is Problem.Phone -> sentence("problem.phone")
        is Problem.Time -> sentence("problem.time")
        is Problem.Number -> sentence("problem.number", "min" to min, "max" to max)
        is Problem.Place -> sentence("problem.place")
        is Problem.UnknownField -> sentence("problem.unknown_field")
        is Problem.ReceiptLength -> sentence("problem.receipt_length", "found" to found)
        is Problem.ReceiptNotDigits -> sentence("problem.receipt_not_digits")
        is Problem.ReceiptPrefix -> sentence("problem.receipt_prefix", "which" to which)
        is Problem.ReceiptCheckDigit -> sentence("problem.receipt_check_digit")
        is Problem.NothingNew -> sentence("problem.nothing_new")
        is Problem.NotOpus -> sentence("problem.not_opus")
        is Problem.TooLarge -> sentence("problem.too_large", "limit" to limit, "found" to found)
        is Problem.PlaysTooLong ->
            sentence("problem.plays_too_long", "seconds" to limitMilliseconds / 1000u)
        is Problem.Silent -> sentence("problem.silent")
    }

fun Rejection.sentence(): Sentence =
    when (this) {
        is Rejection.Refused -> refused(reason)
        is Rejection.NotUnderstood -> sentence("rejection.not_understood")
        is Rejection.Untrusted -> sentence("rejection.untrusted")
        is Rejection.InsecureAddress -> sentence("rejection.insecure_address")
        is Rejection.OtherHotline -> sentence("rejection.other_hotline")
        is Rejection.BadCard -> sentence("rejection.bad_card")
        is Rejection.NewerStore -> sentence("rejection.newer_store")
        is Rejection.NotOurRelease -> sentence("rejection.not_our_release")
        is Rejection.OlderRelease -> sentence("rejection.older_release")
        is Rejection.NoSealKey -> sentence("rejection.no_seal_key")
        is Rejection.TooLarge -> sentence("rejection.too_large")
        is Rejection.DocumentFull -> sentence("rejection.document_full")
        is Rejection.Withdrawn -> sentence("rejection.withdrawn")
        is Rejection.NotOnThisPhone -> sentence("rejection.not_on_this_phone")
        is Rejection.TooMany -> sentence("rejection.too_many", "limit" to limit)
    }

/** Why the hotline did not take something. */
internal fun refused(reason: String): Sentence = Sentence("refusal.$reason")

/**
 * Does something with the phone. If it fails, tells the sentence for it and gives
 * null. Cancellation goes its own way.
 */
internal inline fun <T : Any> attempt(tell: (Sentence) -> Unit, work: () -> T): T? =
    try {
        work()
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (error: Exception) {
        tell(error.sentence())
        null
    }
