package vn.loive.state

import kotlin.io.path.readLines
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Delivery
import vn.loive.Level
import vn.loive.Lock
import vn.loive.OpenOutcome
import vn.loive.PhoneException
import vn.loive.Problem
import vn.loive.ReceiptState
import vn.loive.Rejection
import vn.loive.Trouble
import vn.loive.Warning

private val BRACES = Regex("""\{([a-z]+)}""")

/** Every sentence has its words, in both languages, with the braces that it fills. */
class SentenceTest {
    @Test
    fun `every sentence stands in both languages`() {
        for (language in listOf("vi", "en")) {
            val words = words(language)
            for (sentence in all().flatMap { listOf(it) + it.parts.values }) {
                val text = checkNotNull(words[sentence.key]) { "$language lacks $sentence" }
                val braces = BRACES.findAll(text).map { it.groupValues[1] }.toSet()
                val filled = sentence.values.keys + sentence.parts.keys
                assertTrue(filled.containsAll(braces), "$language $sentence wants $braces")
            }
        }
    }

    @Test
    fun `times are rounded down and never nothing`() {
        assertEquals(sentence("time.minutes", "n" to 1), stretch(5uL))
        assertEquals(sentence("time.hours", "n" to 47), stretch(172_740uL))
        assertEquals(sentence("time.days", "n" to 2), stretch(255_600uL))
    }

    @Test
    fun `what is thrown besides the errors of the engine says nothing of itself`() {
        val error = IllegalStateException("Chị Hoa").sentence()
        assertEquals(sentence("error.internal", "id" to "border"), error)
    }

    private fun all(): List<Sentence> =
        errors().map { it.sentence() } +
            Delivery.entries.flatMap { listOf(it.sentence(), it.sentenceOfMessage()) } +
            listOf(Warning.NotSentYet, Warning.NotOpenedAfter(900u)).map { it.sentence() } +
            troubles().map { it.sentence() } +
            ReceiptState.entries.mapNotNull { it.sentence() } +
            Level.entries.map { it.sentence() } +
            listOf(OpenOutcome.Lost, OpenOutcome.SetAside("p")).mapNotNull { it.sentence() } +
            listOf(60uL, 7_200uL, 900_000uL).map { stretch(it) } +
            listOf(refused("busy"), sentence("signal.on"))

    private fun troubles() =
        listOf(
            Trouble.RefusedByRelay("full"),
            Trouble.Quarantined("duplicate_sequence"),
            Trouble.WaitingForEarlier,
            Trouble.SendRaw,
        )

    private fun errors(): List<PhoneException> =
        listOf(
            PhoneException.Offline(),
            PhoneException.NotFound(),
            PhoneException.StorageFull(),
            PhoneException.Damaged(),
            PhoneException.Internal("incident"),
        ) +
            Lock.entries.map { PhoneException.Locked(it) } +
            problems().map { PhoneException.Invalid("suspect_info", it) } +
            rejections().map { PhoneException.Rejected(it) }

    private fun problems(): List<Problem> =
        listOf(
            Problem.TooLong(1u, 2u),
            Problem.TooShort(2u, 1u),
            Problem.Empty,
            Problem.Missing,
            Problem.UnknownOption,
            Problem.WrongType,
            Problem.Phone,
            Problem.Time,
            Problem.Number(1, 2),
            Problem.Place,
            Problem.UnknownField,
            Problem.ReceiptLength(3u),
            Problem.ReceiptNotDigits,
            Problem.ReceiptPrefix(1u),
            Problem.ReceiptCheckDigit,
        )

    private fun rejections(): List<Rejection> =
        listOf(
            Rejection.Refused("too_large"),
            Rejection.NotUnderstood,
            Rejection.Untrusted,
            Rejection.InsecureAddress,
            Rejection.OtherHotline,
            Rejection.BadCard,
            Rejection.NewerStore,
            Rejection.NotOurRelease,
            Rejection.OlderRelease,
            Rejection.NoSealKey,
            Rejection.TooLarge,
            Rejection.DocumentFull,
            Rejection.Withdrawn,
            Rejection.NotOnThisPhone,
            Rejection.TooMany(4u),
        )

    /** As much of the file as is needed here: lines of `key = "words"` under headings. */
    private fun words(language: String): Map<String, String> {
        val words = mutableMapOf<String, String>()
        var heading = ""
        for (line in ROOT.resolve("strings/phone/$language.toml").readLines()) {
            if (line.startsWith("[")) heading = line.trim('[', ']')
            val (key, text) = line.split(" = ", limit = 2).takeIf { it.size == 2 } ?: continue
            words["$heading.$key"] = text.trim('"')
        }
        return words
    }
}
