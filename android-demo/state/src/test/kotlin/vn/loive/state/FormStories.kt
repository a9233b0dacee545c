package vn.loive.state

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.Delivery
import vn.loive.Kind
import vn.loive.Place
import vn.loive.Question

private const val NUMBER = "091 234 5678"
private val CONTACT =
    setOf(
        "safe_phone",
        "safe_days",
        "safe_from",
        "safe_to",
        "safe_word",
        "voicemail_ok",
        "sms_ok",
        "phone_shared",
    )

/** Somebody with time answers everything, and changes her mind. */
class FormStories {
    @Test
    fun `whole-form-skip-logic`() = story {
        val mai = opened()
        val draft = mai.draft(emptyMap())
        draft.load().join()
        assertFalse("country_abroad" in draft.visible())
        draft.give("where", Answer.Somewhere(Place.Abroad))
        assertTrue("country_abroad" in draft.visible())
        draft.give("country_abroad", Answer.Single("KH"))
        draft.give("where", Answer.Somewhere(Place.Commune("01", "00004")))
        assertFalse("country_abroad" in draft.visible())

        assertTrue(CONTACT.none { it in draft.visible() })
        draft.give("contact_wanted", Answer.Bool(true))
        assertTrue(CONTACT.all { it in draft.visible() }, "${draft.visible()}")
        draft.give("safe_phone", Answer.Text(NUMBER))
        draft.give("safe_from", Answer.Time(19u.toUShort()))
        val kinds = answerTheRest(draft)
        draft.give("contact_wanted", Answer.Bool(false))
        assertTrue(CONTACT.none { it in draft.visible() })
        assertEquals(
            Kind.entries.toSet() - setOf(Kind.NOTE, Kind.INT),
            kinds,
            "the form has a question of every kind but numbers",
        )

        refusals(draft)
        assertEquals(emptyList<String>(), draft.shown.value.missing)
        val effective =
            draft.shown.value.fields
                .mapNotNull { field -> field.question.answer?.let { field.question.id to json(it) } }
                .toMap()
        draft.submit().join()
        val report = checkNotNull(draft.shown.value.report)
        mai.syncUntilReportIs(report, Delivery.OPENED)
        val atTheDesk = hotline.find(report).answers.mapValues { (_, value) -> unordered(value) }
        // The language in which she wrote goes with the report.
        assertEquals(effective + ("lang" to JsonPrimitive("vi")), atTheDesk)
        assertFalse("country_abroad" in atTheDesk || "safe_phone" in atTheDesk)
    }

    /** What is not taken changes nothing, and says why beside its question. */
    private suspend fun refusals(draft: DraftState) {
        val before = checkNotNull(draft.shown.value.kept)
        val limit = checkNotNull(before.questions.first { it.id == "suspect_info" }.maxChars)
        val long = "ă".repeat(limit.toInt() + 1)
        draft.answer("suspect_info", Answer.Text(long)).join()
        draft.answer("reporter_role", Answer.Single("no_such_role")).join()

        val field = checkNotNull(draft.shown.value.field("suspect_info"))
        assertEquals(
            sentence("problem.too_long", "limit" to limit, "found" to limit + 1u),
            field.error,
        )
        assertEquals(Answer.Text(long), field.answer, "what was typed stays on the screen")
        assertFalse(field.isKept)
        assertEquals(
            sentence("problem.unknown_option"),
            draft.shown.value.field("reporter_role")?.error,
        )
        draft.load().join()
        assertEquals(before, draft.shown.value.kept, "the store has what it had")
    }

    private suspend fun answerTheRest(draft: DraftState): Set<Kind> {
        val kinds = mutableSetOf<Kind>()
        while (true) {
            val open = draft.shown.value.fields.map { it.question }
            for (question in open.filter { it.answer != null }) kinds += question.kind
            val next = open.find { it.kind != Kind.NOTE && it.answer == null } ?: return kinds
            draft.give(next.id, answer(next))
        }
    }

    private fun answer(question: Question): Answer {
        val words = "Họ nói đi làm, lương cao, không cần giấy tờ."
        return when (question.kind) {
            Kind.BOOL -> Answer.Bool(true)
            Kind.SINGLE -> Answer.Single(question.options.first().code)
            Kind.MULTI -> Answer.Multi(question.options.takeLast(1).map { it.code })
            Kind.INT -> Answer.Number(checkNotNull(question.min))
            Kind.PLACE -> Answer.Somewhere(Place.Unknown)
            Kind.TEXT, Kind.LONG ->
                Answer.Text(words.take(question.maxChars?.toInt() ?: words.length))
            Kind.PHONE -> Answer.Text(NUMBER)
            Kind.TIME -> Answer.Time(1_170u.toUShort())
            Kind.NOTE -> error("a note is no question")
        }
    }
}

private fun DraftState.visible(): Set<String> = shown.value.fields.map { it.question.id }.toSet()

/** Answers, and has it kept. */
private suspend fun DraftState.give(question: String, answer: Answer) {
    answer(question, answer).join()
    val field = shown.value.field(question)
    check(field?.isKept == true && field.answer == answer) { "$question: ${field?.error}" }
}

/** An answer as the desk shows it. */
private fun json(answer: Answer): Any =
    when (answer) {
        is Answer.Bool -> JsonPrimitive(answer.yes)
        is Answer.Number -> JsonPrimitive(answer.number)
        is Answer.Text -> JsonPrimitive(answer.text)
        is Answer.Single -> JsonPrimitive(answer.code)
        is Answer.Multi -> answer.codes.map(::JsonPrimitive).toSet()
        is Answer.Time -> JsonPrimitive(answer.minutes.toInt())
        is Answer.Somewhere -> json(answer.place)
    }

private fun json(place: Place): JsonElement =
    when (place) {
        is Place.Commune ->
            JsonObject(
                mapOf(
                    "province" to JsonPrimitive(place.province),
                    "commune" to JsonPrimitive(place.commune),
                ),
            )
        is Place.Province -> JsonObject(mapOf("province" to JsonPrimitive(place.v1)))
        Place.Abroad -> JsonPrimitive("abroad")
        Place.Unknown -> JsonPrimitive("unknown")
        Place.Moving -> JsonPrimitive("moving")
    }

/** The order of ticks says nothing. */
private fun unordered(value: JsonElement): Any = if (value is JsonArray) value.toSet() else value
