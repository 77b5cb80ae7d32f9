# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/run_text.sh - what ./run says to people, in Russian and in English.
#
# The language is that of the terminal; where it names none of the two, progress is in
# English and the closing table in both.

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
ru*) SPEAK=ru ;;
en*) SPEAK=en ;;
*) SPEAK=both ;;
esac

# tell RUSSIAN ENGLISH
tell() { if [ $SPEAK = ru ]; then echo "$1"; else echo "$2"; fi; }

say_step() { tell "run: $1 …" "run: $2 …"; }
say_stopping() { tell 'run: останавливаю …' 'run: stopping …'; }
say_already() { tell 'run: уже работает:' 'run: it is running already:' >&2; }
say_ended_hard() {
    tell "run: $1 не остановился сам, остановлен принудительно" \
        "run: $1 did not stop by itself and was killed" >&2
}
say_not_started() {
    tell "run: $1 не запустился (var/log/$1.log):" \
        "run: $1 did not start (var/log/$1.log):" >&2
}
say_restart() {
    local words=''
    [ "$2" = 0 ] || [ "$2" -gt 127 ] || words=": $(last_words "$1")"
    tell "run: $1 завершился (код $2), запущу снова через $3 с$words" \
        "run: $1 ended (status $2), starting it again in ${3}s$words" >&2
}
say_no_webhooks() {
    tell 'run: адреса вебхуков не приняты; см. var/log/webhooks.log' \
        'run: the webhooks were not accepted; see var/log/webhooks.log' >&2
}

row() { printf '  %-11s %-44s %s\n' "$@"; }
rows() {
    local updates=polling
    [ "${TELEGRAM_UPDATES-}" != webhook ] && [ -z "${PUBLIC_URL-}" ] || updates=webhook
    row database "${DATABASE_SOCKET:-${DATABASE_HOST-}}" \
        "${private_db:+var/log/mysql.log}"
    row redis "$(sed 's#//[^/@]*@#//#' <<<"$REDIS_URL")" "${private_redis:+var/log/redis.log}"
    row bots "http://$BOTS_LISTEN ($updates)" var/log/bots.log
    row api "http://$API_LISTEN" var/log/api.log
    row worker '' var/log/worker.log
    row scheduler '' var/log/scheduler.log
    [ $mode = live ] || row chat "http://$BOTAPI_LISTEN/" var/log/botapi.log
}

steps_ru() {
    echo
    if [ $mode = demo ]; then
        echo "Первая скидка, три шага: откройте  http://$BOTAPI_LISTEN/"
        echo '  1. Выберите покупателя, нажмите «Старт» в боте клиента и согласитесь: придёт QR-код.'
        echo '  2. Выберите кассира, откройте смену и отправьте боту кассы код или эту картинку.'
        echo '  3. Нажмите «Погасить»: скидка использована, покупатель узнал об этом.'
    else
        echo 'Напишите /start боту клиента; владелец (SUPERADMIN_TELEGRAM_ID) — боту кассы.'
    fi
    echo 'Остановить: Ctrl-C или ./run --stop. Журналы: var/log/.'
}
steps_en() {
    echo
    if [ $mode = demo ]; then
        echo "The first discount in three steps: open  http://$BOTAPI_LISTEN/"
        echo '  1. Pick a customer, press Start in the client bot and agree: a QR code arrives.'
        echo '  2. Pick a cashier, open a shift and send the cashier bot the code or that picture.'
        echo '  3. Press Redeem: the discount is used, and the customer hears of it.'
    else
        echo 'Write /start to the client bot; the owner (SUPERADMIN_TELEGRAM_ID) to the cashier bot.'
    fi
    echo 'To stop: Ctrl-C or ./run --stop. Logs: var/log/.'
}
say_table() {
    echo
    tell 'Дворик работает.' 'Dvorik is running.'
    rows
    [ $SPEAK = en ] || steps_ru
    [ $SPEAK = ru ] || steps_en
}
