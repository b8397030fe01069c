"""Words that tell a person's name from other words with a capital: what is no name, what may be one, first names."""

_WORDS = """
a an and any are as at be because been both but by can could did do does during each either every few for from had has
have he her here hers him his how however i if in into is it its many me might more most must my neither no nobody
none nor not now of on once one only or other our out over several shall she should since so some somebody such than
that the their them then there these they this those though through to together too two three four five six seven
eight nine ten under until up upon us very was we were what when where whether which while who whom whose why with
within without would yes yet you your after again against all almost along already also although always among another
before behind below beside between beyond despite down even ever first second third last next never off often perhaps
quite rather recently soon still born later following therefore thus hence meanwhile additionally furthermore moreover
subsequently eventually nevertheless nonetheless finally consequently unfortunately sadly clearly having being given
based according prior

january february july september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun easter christmas lent
eid ramadan

mr mrs ms miss mx dr drs prof professor sir dame lord lady baroness rev revd rev'd reverend cllr councillor honour hon
honourable right justice judge recorder chancellor majesty queen’s king’s pc pcs dc dcs ds di dci pcso supt sgt insp
det wpc cdr acc dcc constable constables sergeant inspector superintendent detective commander commissioner acting
temporary sister nurse nurses midwife midwives matron doctor doctors gp gps fr canon rabbi messrs physiotherapist
physiotherapists radiologists pathologists lecturers tutors mentors pharmacists paramedics surgeons dentists
psychologists psychiatrists therapists registrars consultants solicitors barristers coroners magistrates interpreters
chaplains vicars priests bishop gov wkr wkrs mgr mgrs tchr tchrs solr solrs reg cons cleaner driver
technician tech specialists caller applicant complainant perp nbr escort escorts off grandma granddad
grandpa mam alias nominal signed countersigned hi hello hiya box hub sch d.o.b d.o.d stepdad stepmum step-dad step-mum
granny madam allah childline samaritans afro-caribbean romani mo fa year years boxing months hours percent great-aunt
great-uncle non-molestation post-mortem colleague colleagues
orthopaedic orthopaedics cardiology neurology oncology obstetrics gynaecology paediatrics anaesthetist dermatology
ophthalmology radiology audiology haematology psych paed paeds councillors advocate advocates
keyworker keyworkers caseworker assistants lodger lodgers
friend friends babysitter man woman men suspect offender offenders attorney nursery consultant registrar paediatrician
paediatricians psychiatrist psychologist therapist surgeon dentist pharmacist paramedic practitioner practitioners
physician radiologist pathologist obstetrician health visitor visitors worker workers social carer carers fosterer
adopter childminder teacher teachers headteacher deputy assistant senco governor governors mentor tutor lecturer
principal solicitor barrister counsel guardian coroner magistrate officer officers manager managers director directors
chair chairs chairman chairwoman chairperson author authors reviewer reviewers lead leader leads member members chief
executive executives secretary clerk coordinator co-ordinator adviser advisor administrator supervisor employer
independent allocated named designated senior junior trainee student qualified newly approved specialist professional
professionals staff team teams agency agencies landlord tenant neighbour caller referrer informant witness interpreter
priest vicar imam pastor chaplain hv sw fsw iro lado ta dsl cp sho rmn rgn sen ehcp nspcc cafcass camhs cpn ssw

child children child’s children’s baby babies infant infants toddler boy girl boys girls person persons people
people’s adult adults youth twins twin sibling siblings half-sibling mother father mother’s father’s mum dad mgm mgf
pgm pgf parent parents stepfather stepmother step-father step-mother partner partners grandmother grandfather
grandparent grandparents nan nana gran grandad aunt auntie uncle cousin cousins brother brothers sisters son sons
daughter daughters nephew niece wife husband boyfriend girlfriend family families household subject victim perpetrator

abuse abusive academy act action addiction address admission admissions adoption advice advisory after-care age aged
alcohol allegation allegations ambulance analysis annual antenatal anti-social apgar apologies appeal appendix
appointment area article assembly assessed assessment assessments association attendance audit authorities authority
awareness award background barnardo’s benefit benefits bill birth board board’s boards body borough branch briefing
british bruise bruising bureau business cabinet care case cases category centre centres charity chronology city civic
civil clinic clinical college commission commissioning committee common communication community complaint complaints
concern concerns conclusion conclusions conduct conference consent constabulary contact contacts contents context
coordination core corporate council councils counselling country county court crime criminal crisis crown curriculum
custody data date dear decision delivered delivery department development diary dieticians disability disclosure
discussion district division domestic draft drug drugs duties duty early education educational ehm emergency emotional
england enquiries enquiry entry equality estate europe european event evidence examination exclusion exclusions expert
facebook facts female final finding findings focus form former foster foundation framework free full fund funding
further future gender general gillick government grammar group groups guidance guidelines harm health-care healthcare
hearing help high higher history home homes hospital hospitals housing human hygiene identifying immigration impact
improving improvement incident incidents indicators individual induction infirmary information initial inquest inquiry
instagram instructions integrated intelligence interim internal internet interview interviews introduction
investigation investigations ireland irish issues joint judgment key kingdom language learning leaflet legal lessons
letter level liaison licence life likely limited line list living local log london looked low magistrates’ male
management marac mappa mash maternity medical medication medicine meeting meetings mental methodology midwifery
minister ministry minor minutes missing model multi-agency national need needs neglect neonatal network nhs night note
notes notice number nursing objectives occupational office ofsted operational operations order orders organisation
organisational outcome outcomes outreach overview panel paper paragraph parental parenting parish parliament part
partnership partnerships patient payment perinatal period personal phase physical pilot place placement placements
plan planning plans playgroup police policies policy population postnatal practice pre-birth pregnancy prevention
preventive previous primary prison privacy private probation procedure procedures process profession profile programme
project projects protection protocol protocols provider providers provision psychiatric psychology public publication
published pupil purpose quality quarter question questions racial recommendation recommendations record records
recovery reference referral referrals refuge regional register registration regulation regulations rehabilitation
relationship report reports representation request research residence residential resolution resource resources
response responsibilities responsibility result review reviews rights risk risks road room royal rule rules safe
safeguarding safety scheme school schools science scotland scottish screening scrutiny secondary section secure
security self-harm sent serious service services sex sexual signs sincerely faithfully sixth skills sobriety society
solutions source special speech stage standard standards start state statement station status statutory strategic
strategies strategy strengths structure substance suicide summary supervision support sure surgery surname forename
name names suspected system systems table tac taf task teaching technical telephone tel terms test themes theory
therapy threshold thresholds timeline timescale title today tools training transition treatment trust trusts type unit
united universal universities university update vaccination version village violence violent visit visits voice
voluntary vulnerable wales warning welfare welsh whole wishes women women’s working workforce youth’s zone asian
african polish romany traveller muslim sikh hindu jewish catholic caribbean eastern pakistani indian bangladeshi
albanian american anglican anybody anyone arabic australian austrian belgian bengali brazilian buddhist bulgarian
canadian chinese congolese czech danish dutch egyptian eritrean ethiopian everybody everyone everything filipino
gambian german ghanaian greek gujarati gypsy hindi hungarian iranian iraqi israeli italian jamaican japanese kenyan
kosovan kurdish lebanese libyan malaysian methodist moroccan mosque neighbours nepalese norwegian nothing portuguese
punjabi relatives russian rwandan serbian slovak slovakian someone something sudanese swedish swiss syrian tamil
tanzanian thai tunisian turkish ugandan ukrainian urdu vietnamese yemeni zimbabwean
nigerian somali romanian latvian lithuanian northern southern western central greater upper lower new old great

idva isva ewo amhp sio oic flo yot mufti sheikh ald sr dsgt con hhj dj retd retired emeritus detectives sergeants
inspectors dietitian dietitians dietician counsellor counsellors receptionist receptionists nanny nannies caretaker
coach coaches imams pastors rabbis au pair

obe mbe cbe qc kc qpm jp mp phd msc ba bsc frcp frcpch mrcp imr imrs scr scrs lscb lac ccg pct cin cpr icpc rcpc dob
dna icq a&e ed nfa edd bst gmt dwp cps csc edt dfe doh gdc nmc gmc hcpc sudi sids dv da fgm cse ehc lea la ni nino uk
usa eu plo ico epo hmp hmrc id pin tv dvd cctv sim ref re cc fao pt pt’s

ask asked attended called chased contacted declined described discharged discussed escalated failed felt gave informed
knew left made moved noted phoned rang reported said saw seen spoke stated told took visited went wrote check thank
thanks yours present absent confirmed agreed advised account
"""

NOT_NAMES = frozenset(_WORDS.replace("’", "'").split())
"""In lower case, with straight apostrophes.

Words of grammar, months and days, titles and ranks, callings, family and what a review calls children, agencies, courts
and laws, the headings of reports, abbreviations, and the verbs that follow a name in notes written in capitals.
"""
DATES = frozenset(["may", "april", "june", "august", "jan"])
"""Months that are first names as well: once seen as a name they are not carried on through the document."""

_EITHER = """
abbott amber angel april archer asia august aurora autumn baker ball bank banks barber baron barrow bear bell best
bird bishop black blessing blue bond booth brook brooks brown burn burns bush camp cannon carpenter carter chambers
chase christian church cook cooper cross crystal daisy dale dawn day deacon dean destiny don dot drew duke earl east
ebony eden ember english eve faith field fields fisher fleet force ford forest fox frank french frost gardner garland
gates gold good grace grant gray green grey grove guy hall hand harmony harper hart haven hawk hay hazel head heath
hill holly hook hope house hunter hyacinth iris ivy jack jan jewel joy june kane kay key king kirk knight lake lamb
lance lane law leaf lily lincoln little long low main major march mark marsh marshall mason may meadow melody milan
miles miller moody moon moses moss newman nightingale noble noon north nova oakley olive pace page palmer park parker
pat patience pearl penny pepper phoenix piper pool poole pope poppy porter post potter precious preston price primrose
prince prudence ray read reed reeves rich ridge river rivers rob robyn rock rod roma rose rowan ruby rush sage sandy
sapphire savage savannah scout serenity sharp shepherd shore short silver singer sky smith snow sol south sparrow
spring steel sterling stone storm story street strong sue summer sunny sweet swift taylor temple thorn todd tower town
trinity turner underwood vale vine violet walker wall ward waters webb weeks well wells west white wild will willow
winner winter winters wise wolf wood woods woody work wren wright york young
"""
WORDS_AND_NAMES = frozenset(_EITHER.split())
"""Ordinary words that are names as well: a name beside another name or behind a title, else a word."""

_GIVEN = """
aaliyah aarav aaron abbas abbie abby abdelrahman abdi abdifatah abdihakim abdikadir abdirahim abdirahman abdirizak
abdiwali abdoul abdul abdulaziz abdulkadir abdullah abdullahi abdulrahman abeer abel abena abi abigail abiha abimbola
abiola abisola abraham abu abubakar ada adaeze adam adaobi ade adebayo adeel adele adeola adeyemi adil adjoa adrian
adunni afsana afsheen aftab afua agata agatha agnes agnese agnieszka ahad ahmad ahmed ahmet ahsan aida aidan aiden
aigars aigul aileen ailsa aiman aimee ainars aisha aishah aishat aisling aiste aisyah aiza ajay ajmal akash akeel
akeem akinola akira akmal akosua akua alan alana alasdair albert albie alec aled aleena aleeza alejandra alejandro
aleksander aleksandr aleksandra aleksandrs aleksejs aleksey alesha alessia alex alexa alexander alexandra alexandrina
alexandru alexis alf alfie alfonso alfred algirdas ali alia aliaa alibek alice alicia alina alisha alison alistair
aliyah aliza allan allison alma altaf aluko alyssa amaan amadou amal amanda amandeep amani amara amari amarjit
amarpreet amaya amber ambreen ameena ameera amelia amelie amina aminah aminata amir amirah amit ammar ammara amna
amoke amrit amritpal amy ana ananya anastasia anastasija anastazja anca anders andrada andre andrea andreea andrei
andreja andrew andris andrius andriy andrzej andy aneela anees aneesa aneesah aneta aneurin angel angela angelika
angelina angelo angharad angus anh ania aniela anil anila anisa anisah anissa anita anjali ann anna annabel annalise
anne annette annie anouk anoushka anthonia anthony anton antoni antonia antonina antonio anum anusha anushka anwar
anwen anya aoife april arabella arash archie ardita areeba aria ariana arif arjun arkadiusz arlene arlo arminas arooj
arran arsalan arshad arta artan artem arthur artur arturs arvind arwen arya asad asadullah asha ashanti ashfaq ashiq
ashley ashok ashraf ashton asia asif asim asiya aslam asli asma asmaa assad astrid ateeq athena atif atiya audrey
aurelia ausra austin ava avery avril awais ayaan ayan ayden aydin ayesha ayla aylin ayman ayo ayodele ayomide ayse
ayub ayumi azaan azad azadeh azam azhar aziz aziza azmina azra babar babatunde babs bahar bailey baljit balvinder
barak baran barbara barnaby barry bartosz bashir basma batul bayan bayo beata beatrice beatrix beatriz becca becky
belinda bella ben benazir benedict beniamin benjamin benji bernadette bernard bernice bert bertha beryl besart besnik
bessie beth bethan bethanie bethany beti betty bev beverley bhavesh bhavna bibi bijan bilal bilan biljana bill billie
billy binta birgul blake blanka blazej bleddyn blerim blessing blodwen bob bobbi bobby bogdan boglarka boguslaw bohdan
bola bolanle boleslaw bolu bonnie bozena brad bradley brandon branislav brayan breffni brenda brendan brendon brett
brian bridget brigita briony brodie brody brogan bronislaw bronte bronwen brooke bruce bryan bryony bukola burak
bushra busra byron cadi cai caitlin caleb callie callum cameron camilla camille caoimhe caoimhin cara caradog carina
carl carla carlos carly carmen carol carole caroline carolyn carrie carys casey caspar cassandra cassidy cassie
catalin catalina cath cathal catherine cathy catriona cecil cecilia celia celine cem cengiz ceri cerys cezary chad
chaima chandra chanel chantal chantel chantelle charlene charles charlie charlotte chelsea cherie cheryl chetan
cheyenne chiamaka chibuike chidera chidi chidiebere chidinma chijioke chika chimamanda chinedu chinenye chinonso
chinwe chioma chloe chloë chris chrissie christian christina christine christopher christy chukwudi chukwuemeka
chukwuma cian ciara ciaran cicely cillian cindy claire clara clare clarice claude claudette claudia clement clementine
cleo clifford clive clodagh coby codrin cody colette colin colleen colm conall connie connor conor constance
constantin cora corey corinne cormac corwin cosmin costel courtney craig cristian cristiana cristina curtis cuthbert
cynthia cyril czeslaw dafydd dai daisy daiva dalia dalma damaris damian damien damilola damon dan dana daniel daniela
daniella danielle danjela danny dante danuta daoud daphne darcey darcie darcy darek daria darius dariusz darko darragh
darren darryl daryl dave david davina dawid dawit dawn dawood dayana deacon dean deb debbie deborah debs declan dee
deepa deepak deeqa deimante deirdre deividas delia delilah delphine delroy delyth demi denisa denise deniz dennis
denys denzel deon derek dermot desmond destinee dev devika devinder devon dexter dhruv diana diane diarmuid dilan
dilip dilshad dilys dimitri dina dinesh dionne dita djamila dmitri dmitrijs dom domantas dominic dominik dominika
dominykas donal donald donatas donna donnie donovan dora doreen doris dorota dorothy doru dougie douglas dragan dragos
duaa dulcie dumitru duncan dunja durdana dwayne dylan eamon eamonn ebele ebonie ebony ebrahim ebru eddie eddy edgar
edie edita edith edmund edna edona eduard eduardo edward edwin efe efosa efua egle eileen eilidh eimear einars eira
eirlys ekaterina ela elahe elaine elda eleanor elen elena eleri elham eli elias elif elijah elin elina elira elise
eliska elissa eliza elizabete elizabeth ella ellen ellie elliot elliott ellis elma elnaz elodie eloise elona elsa
elsie elspeth elvira elzbieta emanuel emeka emel emese emil emilia emily emina emma emmanuel emmeline emre emrys ena
enda enid eniko enikő enkeleda enoch ensar enzo eoghan erdem eren eric erica erik erin erjon ermir ernest ernestine
ernie ersin eshaal eshal eshan esin esmae esmay esme esmé esosa esra ester esther ethan ethel ettie eugene eunice eva
evan evangeline eve evelyn evie ewa ewan ewelina ezekiel ezgi ezra fabian faduma fadumo fahad faheem fahima faisal
faith faiza faizan fakhra farah faraz fareed fareeda farhan farhana farheen farida farooq farzana fatema fathiya fatih
fatiha fatima fatjon fatmata fatmir fatos fatou fatoumata fawad fawzia fay faye felicia felicity felix femi ferdinand
ferenc fergus ffion fidan filip filiz filsan finlay finley finn fiona fionn fionnuala firat firdaus firdous flora
florence florentina florian florin florrie folasade fozia fran frances francesca francesco francine francis frank
frankie franklin fraser fred freda freddie frederick freya funmi funmilayo furqan gabby gabija gabriel gabriela
gabriele gabriella gagandeep gail gaile ganesh gareth gary gaurav gavin gaynor gaz gemma genevieve geoff geoffrey
george georgia georgie georgina gerald geraldine gerard gerry gertie gertrude gethin ghazala gheorghe ghulam giedre
gilbert giles gillian gilly gina ginny gino gintaras giovanni giuseppe gizem gjergj gladys glen glenda glenn gloria
glyn glynis godfrey gokhan goran gordon gosia grace gracie graciela gracjan graeme graham grainne grant grazyna greg
gregor gregory greta grzegorz gulay gulcan gulnar gulsen gulshan gulsum gurdeep gurjit gurmeet gurpreet gursharan
guste guy gwen gwenda gwendolen gwenllian gwilym gwyn gwyneth gyorgy habib habiba habon hadia hadiya hadiza haf hafeez
hafiz hafsa haidar haider hakan hala halil halima halimah hallie hamad hameed hamid hamida hamish hamza hamzah hana
hanad hanan hania hanif hanifa hanna hannah hao hari haris harish harjinder harjit harjot harley harmeet harold haroon
harpal harper harpreet harri harriet harrison harry haruna harvey hasan haseeb hashim hasina hasnain hassan hatice
hattie hawa hayat hayder hayley hazel heather heba hector hedieh heidi heledd helen helena helga henry henryk herbert
hermione hetty hiba hibaaq hibo hilal hilary hilda hira hodan hollie holly hope horace horia houda howard hristo
hubert huda hugh hugo huma humaira humayun humphrey husam huseyin husna hussain hussein huw hyacinth hywel iain ian
iancu ibraheem ibrahim ibtisam ida idil idowu idrees idris idwal iestyn ieuan ifan ifeoma iffat ifor ifrah ifza ihsan
ike ikechukwu ikenna ikhlas ikram ileana ilham ilhan ilinca ilkay ilona ilyas ilze imaan imad imane imani imelda
imogen imran ina inam inara inaya india indie indira ines inese inga ingrid inna innes intisar ioan ioana ioannis iona
ionel ionela ionut iqbal iqra irene ireneusz ireti irfan irina iris irma irum isaac isabel isabela isabella isabelle
isaiah isatou isha ishaan isla ismaeel ismahan ismail ismat isobel isra istvan iulia iuliana ivan ivana ivanka ivelina
iveta ivo ivor ivy iwan iwona izaak izabella izhaan izna izzy jacek jack jackie jackson jacob jacqueline jade jaden
jadwiga jagdeep jagjit jagoda jahangir jahid jai jaime jake jakub jamaal jamal jameel james jamie jamila jamshed jan
jana jane janelle janet janice janine janis jannah jannat janos jared jarek jaroslav jaroslaw jarrod jas jasbir
jasleen jasmin jasminder jasmine jason jaspal jasper jaspreet jaswinder jatinder javaid javed javeria javid jawad jax
jaxon jaxson jay jayda jaydan jayden jayla jaylen jayne jaz jean jeanette jed jeevan jeff jeffrey jelena jemima jemma
jen jenna jennifer jenny jensen jeremy jermaine jerome jerry jerzy jesse jessica jessie jez jibril jill jim jimmy
jitendra jo joan joanna joanne joaquin jocelyn jodi jodie joe joel joey john johnathan johnny jolana jolanta jolita
jon jonah jonathan joni jonty jordan jordon jose josef joseph josephat josephine josh joshua josiah josie joy joyce
jozef juan juanita jude judith judy jugjit jules julia julian juliana julie juliet junaid june jurgita justas justin
justinas justine justyna kabir kacey kacper kadeem kaden kadir kai kainat kaine kajal kalim kalpana kalsoom kaltrina
kamal kamaljit kamar kamil kamila kamla kamran kane kara karan karen karim karima karina karl karlis karolina karolis
karthik kasey kashif kasia kasim kastriot katalin katarzyna kate katelyn kateryna kath katherine kathie kathleen
kathryn kathy katie katja katrina katy kausar kauser kavita kay kayden kayla kaylee kayleigh kayode kazim kazimierz
keane keelan keeley keenan kehinde keira keiran keisha keith kelly kelly-anne kelsey kelvin kemal ken kendra kenneth
kenny kenzie kerem keri kerry kev kevin keziah khadeeja khadija khadijah khadra khaled khaleda khaleel khalid khalida
khalil khurram kian kiera kieran kieron kim kimberley kinga kinza kiran kiranjit kirpal kirsten kirstie kirstin kirsty
kitty klara klaudia klaudija klevis kobe kofi kola komal konrad korede kourtney kris kristaps kristian kristijonas
kristina kristine krunal krystal krystian krzysztof kuba kubra kuldeep kulsoom kulwinder kunle kurt kwabena kwadwo
kwaku kwame kwasi kwesi kyle kylie kyra lacey lachlan laiba laila lakshmi lamar lamin lana laney lanre lara larisa
laszlo lateefah latif latifa latisha latoya laura lauren laurence lauryn lavinia lawrence lawson layan layla leah
leanna leanne lee leena leighton leila len lena lennie lennon lennox leo leon leona leonard leonardo leonie leroy
lesley leslie lesya leszek leticia levente levi lewis lexi lexie leyla liam lidia lijana lil lilian liliana lillian
lillie lilly lily lina linas linda lindsay lindsey linton lionel lirim lisa liva livia livija liviu livvy liz liza
lizzie lleucu llinos llio lloyd logan lois lola loredana lorena lorenzo lorna lorraine lottie lou louie louis louisa
louise lowri luana lubna luca lucas lucia lucian lucie lucinda lucja lucjan lucy ludmila ludovic luis lukas lukasz
luke lula luljeta lusia luther lydia lyla lyle lyn lynda lyndsey lynette lynn lynne lynsey lynton lyra lyubov maame
maariyah mabel macey maciej maciek mackenzie macsen macy madalina maddie maddison madeleine madiha madison maeve magda
magdalena mags mahad mahamed mahbub mahdi maheen mahek mahesh mahfuz mahira mahmood mahmoud mahmuda mahmut mahnoor
mahum maia maimuna mair maira mairi maisie maiya maja majid malachi malachy malaika malakai malcolm maleeha malgorzata
malik malika malwina mamadou manahil mandeep mandy maninder manjit manminder manoj manon mansoor mansur mantas manuel
manuela manvir maqsood marc marcel marcela marcelo marcia marcin marco marcus marek mareks margaret margarita margot
marguerite maria mariam mariama mariami marian mariana marie marija marika marilena marilyn marina marinela mario
marion marius mariusz marjan marjorie mark markus marlene marlon marta martha martin martina martyn martyna marvin
marwa mary maryam maryan maryann maryum marzena marzia mason masood masooma massimo matei matej mateja mateo mateusz
mathew mathilde matilda matt matteo matthew mattie matyas maud maude maureen maurice maurycy mavis mawuli max maximus
maxine maxwell maya mazhar mckenzie meena meera megan meghan mehak mehboob mehdi mehmet mehnaz mehrab mehran mehreen
mehwish meinir mel melanie melek melissa meltem melvin menna mercy merita merle merryn mert merv merve mervyn mesut
meurig mia micah michael michaela michal michele michelle mick mickey miguel mihael mihaela mihai mihail mihaly mihnea
mikael mike mikołaj milad mildred milena millicent millie milly milo milos mimi mina minh minnie mirabela mircea
mirela miriam miroslav miroslaw mirosława mirza misbah mitch mitchell mizan modou mohamad mohamed mohammad mohammed
mohamud mohannad mohini mohsin moira mojca mollie molly momina mona monica monika monir morag morfydd morgan morven
moses moussa mubarak mubashir mudasir mudassar muhamed muhammad muhammed muhammet muharrem mujtaba mumtaz muna munir
munira murad murat murdo muriel musa musab musarrat mushtaq mustaf mustafa mustapha muzammil myfanwy mykola myla myles
myra myroslava myrtle nabeel nabila nadeem nadia nadifa nadine nadira nafeesa nafisa nafisah nagina naheed nahida
nahla naila naima naimo najma nam namra nancy naomi narges nargis narinder naseem naseer nasim nasima nasir nasra
nasreen nasrin nasteho natalia natalie natalija natalya natasha natasza nathalie nathan nathaniel nathifa navdeep
naveed naveen navid nawal nazakat nazanin nazar nazia nazim nazir nazish nazma ned neda neelam neha nehal neil nell
nellie nelly neringa nerys nesrin nesta nevaeh nevin ngoc ngozi nguyen nia niall niamh nicholas nick nico nicola
nicolae nicole nicoleta nida nigel nijole nikhil nikita nikki niko nikola nilam nilufar nimah nimco nimra nimrah nina
nirmala nisar nisha nishat nkechi noah noel noor noora nora norbert noreen norma norman nouman nour nuala nuha nuno
nura nurcan nurten nusaybah nusrat nuzhat nwando nwanneka nyah oakley oana obi obinna octavia octavian odeta odette
ogechi oisin okechukwu oksana oktawia ola oladele olamide olamilekan olanrewaju oleg olek oleksandr olena olga olive
oliver olivia olivier ollie olu olufemi olumide olusegun oluwafemi oluwaseun oluwaseyi oluwatobi olwen omar omari omer
omolara omotola onur onyeka ophelia orhan orla orlaith orlando osagie osama osas oscar oskar osman oswald otis otto
ousman ovidiu owain owen oyin oyindamola oyinkan ozan ozge ozlem pablo paddy padraig paige paloma palwinder pam pamela
paola paramjit pardeep parminder parveen parvez parvin pascal pat patience patricia patrick patrik patryk paul paula
paulette paulina pauline paulius pav pavel pavlo pavol pawan pawel payton pearl pedro peeter peggy penelope penny
percy peredur perminder pervaiz pete peter petra petronella peyman peyton phil philip philippa phillip philomena
phoebe phyllis pia piers piotr piotrek pippa polly pooja poppy portia prakash pranav pranjal precious priscilla priti
priya priyanka przemek przemyslaw qasim qudsia queenie quentin quratulain raad rabia rabiah rabiya rachael rachel
radek radka radmila radoslav radoslaw radu rafael rafaela rafal rafe rafferty rafia rafiq ragna rahat raheem rahel
rahila rahim rahma raihan raimonds raisa raj rajan rajesh rajinder rajiv rajvir rakesh ralph raluca ramazan ramesh
raminta ramon ramona ramunas ramune rana rania ranjit raphael raquel rasheed rashid rashida rashidat rasma ravi
ravinder ray raymond razan razia razvan razwan reanne rebecca rebekah reda redwan reece reem reena reggie reginald
rehan rehana rehman rehmat remi remigiusz renata renee reuben rex reza rezwana rhea rhian rhianna rhiannon rhoda
rhodri rhona rhys ria riaz ric ricardo richard rick ricky rico ridwan rifat riffat rihana rihanna riley rimantas
rimsha rina rita rizwan roan rob robbie robert roberta roberto robin robson robyn rocco rochelle roderick rodney roger
rohan roisin rokas roksana roland roman romeo romy ron ronald ronan ronnie rory ros rosa rosalie rosalind rosalyn
rosanna rose roseanne rosemary rosie rosina rowena roxana roxanne roy roz rozina ruairi ruaridh rubab ruben rubina
ruby rudi rudy rufus ruhi ruhul rui rukaya rukhsana rukia rukiya rumana rumena rumina rupa rupert rupinder ruqaya
ruqayya ruqayyah russell rustam ruta ruth ruzena ryan ryder rylan ryley saad saadia saadiya saba sabah sabeen sabiha
sabina sabrina sadaf sadaqat sadia sadie sadiya saeed saeeda safa safia safiya sagal sahar sahil sahra saif saima
saira sajda sajid sajida sajjad sakina saleem saleh salih saliha salim salima sally salma salman salome salvatore sam
samah saman samantha sameer sameera samet samia samina samir samira samiya samsam samson samuel samuele sana sandeep
sandor sandra sanela sania sanija sanjay sanjeev santiago sanusi saoirse sapphire sara sarah sarika sarita sarunas
sarwar sasha saskia satnam saulius savita sayed scarlett scott seamus sean seb sebastian sebastiano seda sedat seema
segun selamawit selim selin selina selma sem semir senol serap serdar seren serena sergejs sergiu serhat serkan seth
sevda sevgi sevim seyi seymour shabana shabaz shabbir shabir shabnam shafiq shagufta shah shahana shahbaz shaheed
shaheen shahid shahida shahin shahina shahnaz shahzad shahzadi shaima shaista shakeel shakil shakila shakir shakira
shamila shamim shamima shamsa shamso shanaz shane shanelle shania shanice shanika shannon sharif sharmarke sharmila
sharmin sharon shaun shauna shay shayla shayne shaz shazad shazia shea sheena shehnaz shehzad sheila shelley shelly
sheraz sheridan sherin sherry shiraz shirley shivani shoaib shola shona shreeya shreya shugri shukri sian sibel sibgha
sibyl sid siddiq siddiqua sidney sidra sienna sigita silas silvana silvia silvija simas simin simon simona simone
simran simranjit sinan sinead siobhan sirwan siwan siân skye skyla skylar sladjana slavica slawomir smaranda sobia
sofia sofie sofija sohail solmaz solomon solveiga sonia sonny sonya sophia sophie soraya sorcha sorin soumaya spencer
srdjan stacey stacie stacy stan stanimir stanislava stanislaw stanley stasys stefan stefania stefano stela stella
steph stephanie stephen stevan steve steven stevie stewart stu stuart subhan sudesh sue sufia suhail suhana sukhdeep
sukhjit sukhpreet sukhvinder sukhwinder suki sulaiman suleiman suleyman sultana sumaira sumaiya suman sumayya sumayyah
sumbal sundas sunil sunita surinder susan sushila suzanne suzie svetlana sybil syed syeda sylvester sylvia sylwia
szabolcs szilvia szymon tabassum tabish tabitha tadas tadeusz tadhg tahir tahira tahmina tahreem taiba taiwo talat
talha talia taliesin tallulah tam tamanna tamar tamara tamas tamika tammy tamsin tamzin tania tanisha tanjila tanveer
tanvir tanya tanzeel tanzila taofeek tara taranjit tariku tariq tash tasha tasmin tasneem tatiana tayba taylah taylor
tayo tayyab tayyaba tecwyn ted teddy tegan tegwen tehmina temi temitayo temitope tendai tenzin terence teresa terri
terry tessa thandiwe thanh thea thelma theo theodora theodore theresa thomas thomasina thuy tia tiana tiberiu tiegan
tiffany tijana tilda tilly tim timea timothy tina titilayo tobenna tobi tobias tobiloba toby todd tolu tom tomas
tomasz tomislav tommy tomos toni tony torin toyah toyin tracey tracie tracy traian trang travis trevor trish trisha
tristan tristram trixie troy tsion tudor tugba tunde turan tuyen tyler tyra tyreece tyrell tyrelle tyrese tyrone tyson
ubah uchenna ugne ugo ulrich ulvi ulviye umaima umair umaira umaiza umar ummayyah umut una ursula urszula urte usama
usha usman uzair uzma uzoma vaida vaidas val valdas valentin valentina valeria valerie valon vanda vanessa vasil
vasile vaughan vera verity verna vernon veronica veronika vic vicky victor victoria vijay vikki vikram viktor viktoria
viktorija vilma vince vincent vinnie viola violet violeta viorel viorica virginija visar vishal vitaliy viv vivian
vivien vivienne vlad vladimir vladislav vlado vlora vojtech vytautas wafa waheed wahid wahida wajid waleed walid
wallace walter wanda waqar waqas warren warsame waseem wasim wasiu wayne wenda wendy weronika wes wesley wieslaw
wiktor wiktoria wilf wilfred wilfrid wilhelmina will william wilma winifred winnie winnifred winston wioletta witold
wlodzimierz wojciech wyn wynford xander xanthe xavier xhevahire xiu xuan yaasir yadira yagmur yahaya yahya yakub
yakubu yaman yanina yannick yaqub yara yaseen yaser yash yashika yasir yasmin yasmina yasmine yasser yassin yemi
yetunde yewande yildiz yilmaz yohannes yolanda yonas yonca yordanos yosef younis yousaf yousef yousra yousuf yuksel
yulia yuliya yunus yuri yusra yusuf yvette yvonne zac zach zachary zack zafar zaheer zahid zahida zahir zahra zaid
zainab zak zakaria zakariya zaki zakiya zaman zamir zane zanele zara zarah zareen zaria zarina zayd zayn zayna
zbigniew zdzislaw zdzisław zeeshan zehra zeinab zelda zeliha zena zerina zeshan zeynab zeyneb zeynep zhaneta zia ziad
zinat zineb zita zivile ziyad zlatan zoe zofia zohaib zohra zoltan zoran zorica zoë zsofia zsuzsanna zubaida zubair
zubeda zulfiqar zunaira zuzanna zuzia zydrunas zygmunt
"""
GIVEN_NAMES = frozenset(_GIVEN.split())
"""First names that are common in Britain, in lower case."""
_OPEN = """
the dr royal queen king st st. great old new upper lower north south east west sir dame lord lady our all holy sacred
saint little first christ university county
"""
OPEN_INSTITUTIONS = frozenset(_OPEN.split())
"""Words that open the name of a school or hospital, though they are no names alone."""
_UNITS = "police protection abuse investigation crime violence policy intelligence safeguarding court"
NO_HOSPITAL = frozenset(_UNITS.split())
"""Words of a unit that is an agency and treats nobody."""
_LETTER_BEHIND = """
child baby adult sibling brother sister half-sibling infant twin young person family subject male female worker
professional mother father mum dad uncle aunt partner cousin friend boy girl witness school house
"""
LETTERED = frozenset(_LETTER_BEHIND.split())
"""What a review calls people with a letter behind it: Child K."""
_PLACE = "hill street lane park church grove hall wood woods field fields green town meadow bank"
PLACES = frozenset(_PLACE.split())
"""What a place ends with that begins like a name: Rose Hill."""
